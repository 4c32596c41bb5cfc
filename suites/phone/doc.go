// Package phone holds what live-pusher and live-player report against what documents
// and users' logs say: for each entry of fixtures/sequences the whole row of codes of
// the run that causes it, over several seeds. A spec fails when one code is too many,
// missing or out of order. That each pattern can fail is shown as well: it doesn't
// match the row without its first code, or with another before it.
//
// It also tells apart what looks alike to whom it befalls: black, stuck, frozen, gone,
// muted and a waiting image, each with the issues that it is and no others.
//
// And it has phones suffer random scripts of faults, which none may make hang, leak or
// show what it has no more; see faults_test.go.
package phone
