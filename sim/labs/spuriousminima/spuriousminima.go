// Package spuriousminima is the lab of minima that one more neuron turns into saddles (Arjevani and Field, NeurIPS 2022).
package spuriousminima
