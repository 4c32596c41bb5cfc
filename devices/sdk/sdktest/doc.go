// Package sdktest is a scripted WeChat host for tests of the SDK and of pages: it
// answers lookups and gateway requests as the test says, without a network, and
// keeps all that was sent. It is no gateway: it knows no channels and no rules.
//
// Start at Host.
package sdktest
