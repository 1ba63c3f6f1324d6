package sim

import (
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf16"

	"thalweg/sim/figure"
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
	// Files holds the bytes of the uploads that the spec names, by their names, in base64. Missing names those that are
	// too large to be carried: they must be dropped again.
	Files   map[string][]byte `json:"files,omitempty"`
	Missing []string          `json:"missing_files,omitempty"`
}

// maxCarried is how many bytes of uploads an export carries in all.
const maxCarried = 8 << 20

// Recipe returns the recipe of a spec at a step; nil is none in particular. It carries the uploads that the spec names
// while they have at most 8 MiB in all.
func (s *Spec) Recipe(step *int) Recipe {
	r := Recipe{Spec: s, ID: s.ID(), Link: s.Link(), Version: Version(), Platform: ThisPlatform(), Step: step}
	size := 0
	for _, f := range s.Files().sorted() {
		if size += len(f.Bytes); size > maxCarried {
			size -= len(f.Bytes)
			r.Missing = append(r.Missing, f.ID)
			continue
		}
		if r.Files == nil {
			r.Files = map[string][]byte{}
		}
		r.Files[f.ID] = f.Bytes
	}
	return r
}

// apart returns the recipe without the bytes of uploads, for formats that hold them beside it: as entries of a zip.
func (r Recipe) apart() (Recipe, []figure.File) {
	var out []figure.File
	for _, id := range slices.Sorted(maps.Keys(r.Files)) {
		out = append(out, figure.File{Name: carriedIn + id, Data: r.Files[id]})
	}
	r.Files = nil
	return r, out
}

// carriedIn is the folder of uploads in a zip.
const carriedIn = "files/"

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
