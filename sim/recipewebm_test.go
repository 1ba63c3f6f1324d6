package sim

import (
	"strings"
	"testing"
)

func TestRecipeInWebM(t *testing.T) {
	const head, recipe = "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01cluster", `{"spec":{}}`
	tag := head + "\x45\xa3\x8eTHALWEG-RECIPE\x44\x87"
	for name, file := range map[string]string{
		"a length in eight bytes": tag + "\x01\x00\x00\x00\x00\x00\x00\x0b" + recipe, // as the page writes it
		"a length in one byte":    tag + "\x8b" + recipe,                             // as other programs rewrite it
		"more behind it":          tag + "\x40\x0b" + recipe + "more",
	} {
		got, err := recipeInOne([]byte(file))
		if err != nil || string(got) != recipe {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for file, want := range map[string]string{
		head:                            "no recipe",
		tag:                             "damaged",
		tag + "\x00" + recipe:           "damaged",
		tag + "\x8c" + recipe:           "damaged",
		tag + "\x01\x00\x00":            "damaged",
		head + "THALWEG-RECIPE\x44\x88": "damaged",
	} {
		if _, err := recipeInOne([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", file, err, want)
		}
	}
}
