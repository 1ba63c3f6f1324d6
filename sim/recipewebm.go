package sim

import (
	"bytes"
	"math/bits"
	"strings"
)

// webMTag is the name of the tag with the recipe in a WebM clip.
var webMTag = []byte(strings.ToUpper(RecipeKey))

// recipeInWebM reads the tag that the page puts at the end of its clips. It is found by its name: recorders leave the
// lengths open by which the elements before it could be stepped over.
func recipeInWebM(data []byte) ([]byte, error) {
	at := bytes.LastIndex(data, webMTag)
	if at < 0 {
		return nil, errNoRecipe
	}
	damaged := fileFault("the recipe in the WebM is damaged")
	text, ok := bytes.CutPrefix(data[at+len(webMTag):], []byte{0x44, 0x87}) // TagString
	if !ok || len(text) == 0 {
		return nil, damaged
	}
	// The leading zeros of a length say how many bytes it takes beyond the first; the one after them is not of the number.
	width := bits.LeadingZeros8(text[0]) + 1
	if width > 8 || width > len(text) {
		return nil, damaged
	}
	n := uint64(text[0]) &^ (0x80 >> (width - 1))
	for _, b := range text[1:width] {
		n = n<<8 | uint64(b)
	}
	if text = text[width:]; n > uint64(len(text)) {
		return nil, damaged
	}
	return bounded(text[:n])
}
