package sim

import (
	"encoding/json"
	"unicode/utf16"
)

// A Recipe is what an export carries so that the run can be made again.
type Recipe struct {
	Spec     *Spec    `json:"spec"`
	ID       string   `json:"id"`
	Link     string   `json:"link"`
	Version  string   `json:"version"`
	Platform Platform `json:"platform"`
	// Step is where the run was when it was exported, nil when nobody said.
	Step *int `json:"step,omitempty"`
}

// Recipe returns the recipe of a spec at a step; nil is none in particular.
func (s *Spec) Recipe(step *int) Recipe {
	return Recipe{s, s.ID(), s.Link(), Version(), ThisPlatform(), step}
}

// ASCII is the recipe as JSON that any format can hold: ASCII, on one line, without <, > and &.
func (r Recipe) ASCII() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // values of a resolved spec are finite or written as text
	}
	out := make([]byte, 0, len(b))
	for _, c := range string(b) {
		if c < 0x7f {
			out = append(out, byte(c))
			continue
		}
		for _, u := range utf16.AppendRune(nil, c) {
			const digits = "0123456789abcdef"
			out = append(out, '\\', 'u', digits[u>>12], digits[u>>8&15], digits[u>>4&15], digits[u&15])
		}
	}
	return out
}
