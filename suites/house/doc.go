// Package house holds the rules of the house as specs: who may import whom, that
// every room says what it is and exports no more than can be learnt, that the model
// keeps no wall clock, no global randomness and no goroutines, and that data and specs
// come in pairs. It tests how the project is built, never what the product does.
package house
