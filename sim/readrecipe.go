package sim

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"thalweg/sim/files"
	"thalweg/sim/param"
)

// RecipeKey names the recipe in files that hold other things too: the id of an element, the keyword of a chunk, the
// start of a comment.
const RecipeKey = "thalweg-recipe"

// The bounds of what is read from a file that claims to be an export.
const (
	maxSpec       = 1 << 20                       // bytes of a recipe without files
	maxRecipe     = maxSpec + (maxCarried/3+64)*4 // and with them in base64
	maxCarriedIDs = 64
	maxUnpacked   = 256 << 20 // bytes of memory that all uploads inside take with what was read from them
	maxZipEntries = 4096
	maxSVG        = 16 << 20
	maxDepth      = 500 // of elements in an SVG
	maxAttributes = 4096
)

// fileFault refuses a file.
func fileFault(format string, args ...any) error { return param.Refuse("file", format, args...) }

// ReadRecipe finds the recipe in a file that this program or its page wrote: JSON, NPZ, CSV, SVG, PNG, GIF, WebM, the
// HTML replay, the zip of pgfplots or its .tex alone, safetensors. The spec inside must be one of the labs', and resolves
// as a link would, with the uploads that the file carries and those that are known; Spec.Files has them afterwards.
func ReadRecipe(data []byte, labs []*Lab, known Files) (Recipe, error) {
	text, carried, err := recipeIn(data)
	if err != nil {
		return Recipe{}, err
	}
	return parseRecipe(text, carried, labs, known)
}

// recipeIn finds the JSON of the recipe by the kind of file, and the uploads that stand beside it in a zip.
func recipeIn(data []byte) (text []byte, carried map[string][]byte, err error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06")) {
		return recipeInZip(data)
	}
	text, err = recipeInOne(data)
	return text, nil, err
}

// recipeInOne finds the recipe in a file that is no zip.
func recipeInOne(data []byte) ([]byte, error) {
	starts := func(magic string) bool { return bytes.HasPrefix(data, []byte(magic)) }
	switch {
	case len(data) == 0:
		return nil, fileFault("the file is empty")
	case starts("\x89PNG\r\n\x1a\n"):
		return recipeInPNG(data)
	case starts("GIF87a"), starts("GIF89a"):
		return recipeInGIF(data)
	case starts("\x1a\x45\xdf\xa3"):
		return recipeInWebM(data)
	case len(data) > 12 && string(data[4:8]) == "ftyp":
		return nil, fileFault("an MP4 clip carries no recipe; a GIF, WebM, PNG or SVG of the same run does")
	case starts("\xff\xd8\xff"):
		return nil, fileFault("a JPEG carries no recipe; the PNG or SVG that was exported does")
	case starts("%PDF"):
		return nil, fileFault("a PDF carries no recipe; the .tex or SVG that it was made from does")
	}
	if len(data) > 8 && data[8] == '{' && data[7] == 0 {
		return recipeInSafetensors(data)
	}
	body := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	head := body[:min(len(body), 4096)]
	switch {
	case len(body) == 0:
		return nil, fileFault("the file is blank")
	case body[0] == '{':
		return body, nil
	case bytes.HasPrefix(body, []byte("# {")):
		line, _, _ := bytes.Cut(body[2:], []byte("\n"))
		return bounded(line)
	case body[0] == '%' || bytes.HasPrefix(body, []byte(`\documentclass`)):
		return recipeInTeX(body)
	case body[0] == '<':
		low := bytes.ToLower(head)
		if bytes.Contains(low, []byte("<html")) || bytes.Contains(low, []byte("<!doctype html")) {
			return recipeInHTML(body)
		}
		return recipeInSVG(body)
	}
	return nil, fileFault("this is no export: JSON, NPZ, CSV, SVG, PNG, GIF, WebM, HTML, .tex or its zip is known")
}

func bounded(text []byte) ([]byte, error) {
	if len(text) > maxRecipe {
		return nil, fileFault("the recipe inside has %d bytes, at most %d are read", len(text), maxRecipe)
	}
	return text, nil
}

var errNoRecipe = fileFault("the file holds no recipe; only exports of this program do, and other programs may drop it when they save a picture")

// recipeInPNG reads the text chunks.
func recipeInPNG(data []byte) ([]byte, error) {
	for at := 8; at+12 <= len(data); {
		n := int64(binary.BigEndian.Uint32(data[at:]))
		if n > int64(len(data)-at-12) {
			return nil, fileFault("the PNG ends in the middle of a chunk, at byte %d", at)
		}
		kind, body := string(data[at+4:at+8]), data[at+8:at+8+int(n)]
		next := at + 12 + int(n)
		if kind == "tEXt" || kind == "iTXt" {
			if text, ok := bytes.CutPrefix(body, []byte(RecipeKey+"\x00")); ok {
				if crc32.ChecksumIEEE(data[at+4:at+8+int(n)]) != binary.BigEndian.Uint32(data[next-4:]) {
					return nil, fileFault("the recipe in the PNG is damaged: its checksum is wrong")
				}
				if kind == "iTXt" {
					if len(text) < 2 || text[0] != 0 {
						return nil, fileFault("the recipe in the PNG is compressed, which is not read")
					}
					// The language and the translated keyword stand before the text.
					parts := bytes.SplitN(text[2:], []byte{0}, 3)
					if len(parts) < 3 {
						return nil, fileFault("the recipe in the PNG is damaged")
					}
					text = parts[2]
				}
				return bounded(text)
			}
		}
		if kind == "IEND" {
			break
		}
		at = next
	}
	return nil, errNoRecipe
}

// recipeInGIF walks the blocks to the comment that begins with the key.
func recipeInGIF(data []byte) ([]byte, error) {
	short := fileFault("the GIF ends in the middle of a block")
	if len(data) < 13 {
		return nil, short
	}
	table := func(flags byte) int {
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	at := 13 + table(data[10])
	// blocks skips or gathers the sub-blocks from a place on.
	blocks := func(gather bool) (text []byte, ok bool) {
		for at < len(data) {
			n := int(data[at])
			at++
			if n == 0 {
				return text, true
			}
			if at+n > len(data) {
				return nil, false
			}
			if gather && len(text) <= maxRecipe {
				text = append(text, data[at:at+n]...)
			}
			at += n
		}
		return nil, false
	}
	for at < len(data) {
		switch data[at] {
		case 0x3b:
			return nil, errNoRecipe
		case 0x21:
			if at+2 > len(data) {
				return nil, short
			}
			comment := data[at+1] == 0xfe
			at += 2
			text, ok := blocks(comment)
			if !ok {
				return nil, short
			}
			if rest, ok := bytes.CutPrefix(text, []byte(RecipeKey)); ok && comment {
				return bounded(bytes.TrimLeft(rest, ":= \x00\n"))
			}
		case 0x2c:
			if at+11 > len(data) {
				return nil, short
			}
			at += 10 + table(data[at+9]) + 1
			if _, ok := blocks(false); !ok {
				return nil, short
			}
		default:
			return nil, fileFault("the GIF has an unknown block at byte %d", at)
		}
	}
	return nil, short
}

// recipeInZip reads the recipe of an NPZ, or of the .tex in a zip of pgfplots, and the uploads beside it. Nothing else
// is unpacked.
func recipeInZip(data []byte) (text []byte, carried map[string][]byte, err error) {
	// Counted before the reader makes room for each of them.
	if n := bytes.Count(data, []byte("PK\x01\x02")); n > maxZipEntries {
		return nil, nil, fileFault("the zip lists %d files, at most %d are looked at", n, maxZipEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, fileFault("the zip cannot be read: %v", err)
	}
	carried = map[string][]byte{}
	left := maxCarried
	for _, f := range z.File {
		switch id, beside := strings.CutPrefix(f.Name, carriedIn); {
		case f.Name == "recipe.npy" && text == nil:
			b, err := unpacked(f, 4*maxSpec+4096) // UTF-32 and a header
			if err != nil {
				return nil, nil, err
			}
			if text, err = textOfNPY(b); err != nil {
				return nil, nil, err
			}
		case strings.HasSuffix(f.Name, ".tex") && text == nil:
			b, err := unpacked(f, 4*maxSpec+4096)
			if err != nil {
				return nil, nil, err
			}
			if text, err = recipeInTeX(b); err != nil {
				return nil, nil, err
			}
		case beside && len(carried) < maxCarriedIDs:
			id, array := strings.CutSuffix(id, ".npy")
			if !param.IsFileID(id) {
				continue
			}
			b, err := unpacked(f, left+4096) // and a header
			if err != nil {
				return nil, nil, err
			}
			if left -= len(b); left < -4096 {
				return nil, nil, fileFault("the uploads inside have more than %d bytes", maxCarried)
			}
			if array {
				a, err := files.ReadNPY(b)
				if err != nil || a.Len()*len(a.Shape) > len(b) || len(a.Shape) != 1 {
					return nil, nil, fileFault("the upload %.12s… inside is damaged", id)
				}
				b = b[len(b)-a.Len():]
			}
			carried[id] = b
		}
	}
	if text == nil {
		return nil, nil, errNoRecipe
	}
	return text, carried, nil
}

// unpacked unpacks an entry of a zip up to a size, whatever the zip says of it.
func unpacked(f *zip.File, most int) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fileFault("%.80s in the zip cannot be opened: %v", f.Name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return nil, fileFault("%.80s in the zip cannot be unpacked: %v", f.Name, err)
	}
	if len(b) > most {
		return nil, fileFault("%.80s in the zip unpacks to more than %d bytes", f.Name, most)
	}
	return b, nil
}

// recipeInSafetensors reads the metadata of a checkpoint.
func recipeInSafetensors(data []byte) ([]byte, error) {
	_, metadata, err := files.ReadSafetensors(data)
	if err != nil {
		return nil, fileFault("%v", err)
	}
	text, ok := metadata["recipe"]
	if !ok {
		return nil, errNoRecipe
	}
	return []byte(text), nil
}

// textOfNPY reads a single text of NumPy, UTF-32 in little-endian order.
func textOfNPY(data []byte) ([]byte, error) {
	bad := fileFault("recipe.npy is not a text as NumPy writes it")
	if len(data) < 10 || string(data[:6]) != "\x93NUMPY" || data[6] != 1 {
		return nil, bad
	}
	from := 10 + int(binary.LittleEndian.Uint16(data[8:]))
	if from > len(data) || !bytes.Contains(data[10:from], []byte("'descr': '<U")) || (len(data)-from)%4 != 0 {
		return nil, bad
	}
	var out []byte
	for at := from; at < len(data); at += 4 {
		r := binary.LittleEndian.Uint32(data[at:])
		if r == 0 {
			break
		}
		if r > utf8.MaxRune {
			return nil, bad
		}
		out = utf8.AppendRune(out, rune(r))
	}
	return bounded(out)
}

// recipeInTeX reads the comment.
func recipeInTeX(data []byte) ([]byte, error) {
	_, rest, ok := bytes.Cut(data, []byte("% "+RecipeKey+": "))
	if !ok {
		return nil, errNoRecipe
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return bounded(line)
}

// recipeInHTML reads the script element of the replay.
func recipeInHTML(data []byte) ([]byte, error) {
	_, rest, ok := bytes.Cut(data, []byte(`<script type="application/json" id="`+RecipeKey+`">`))
	if !ok {
		return nil, errNoRecipe
	}
	text, _, ok := bytes.Cut(rest, []byte("</script>"))
	if !ok {
		return nil, fileFault("the HTML ends in the middle of the recipe")
	}
	return bounded(text)
}

// recipeInSVG reads the metadata element, also of a picture that another program saved.
func recipeInSVG(data []byte) ([]byte, error) {
	if len(data) > maxSVG {
		return nil, fileFault("the SVG has %d bytes, at most %d are read", len(data), maxSVG)
	}
	// The decoder holds all attributes of an element at once, some ten bytes for each of theirs, so they are counted before.
	equals := 0
	for _, c := range data {
		switch c {
		case '<':
			equals = 0
		case '=':
			if equals++; equals > maxAttributes {
				return nil, fileFault("the SVG has an element with more than %d attributes", maxAttributes)
			}
		}
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	var out []byte
	depth, inside := 0, 0
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil, errNoRecipe
		}
		if err != nil {
			return nil, fileFault("the SVG is not well-formed: %v", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return nil, fileFault("the SVG has elements nested deeper than %d", maxDepth)
			}
			if depth == 1 && t.Name.Local != "svg" {
				return nil, fileFault("this is XML of %.40q, not an SVG", t.Name.Local)
			}
			for _, a := range t.Attr {
				if a.Name.Local == "id" && a.Value == RecipeKey && inside == 0 {
					inside = depth
				}
			}
		case xml.CharData:
			if inside > 0 {
				if out = append(out, t...); len(out) > maxRecipe {
					return bounded(out)
				}
			}
		case xml.EndElement:
			if inside == depth {
				return bytes.TrimSpace(out), nil
			}
			depth--
		}
	}
}

// parseRecipe reads a recipe, or an export in JSON, which has the same fields among others.
func parseRecipe(text []byte, carried map[string][]byte, labs []*Lab, known Files) (Recipe, error) {
	var r struct {
		Spec    json.RawMessage   `json:"spec"`
		Link    string            `json:"link"`
		Lab     json.RawMessage   `json:"lab"`
		Version string            `json:"version"`
		Step    *json.Number      `json:"step"`
		Files   map[string]string `json:"files"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return Recipe{}, fileFault("the recipe is not JSON: %v", err)
	}
	var d Draft
	var err error
	switch {
	case len(r.Spec) > maxSpec:
		err = fileFault("the spec inside has %d bytes, at most %d are read", len(r.Spec), maxSpec)
	case len(r.Spec) > 0 && string(r.Spec) != "null":
		d, err = DecodeDraft(r.Spec)
	case r.Link != "":
		d, err = ParseLink(r.Link)
	case r.Lab != nil && len(text) <= maxSpec: // a spec by itself
		d, err = DecodeDraft(text)
	default:
		err = fileFault("the JSON holds neither a spec nor a link")
	}
	if err != nil {
		return Recipe{}, err
	}
	var lab *Lab
	ids := make([]string, len(labs))
	for i, l := range labs {
		if l.ID == d.Lab {
			lab = l
		}
		ids[i] = l.ID
	}
	if lab == nil {
		return Recipe{}, param.Refuse("lab", "%.40q is not one of %s", d.Lab, strings.Join(ids, ", "))
	}
	own, err := uploadsIn(r.Files, carried)
	if err != nil {
		return Recipe{}, err
	}
	d.Files = either{own, known}
	spec, err := lab.Resolve(d)
	if err != nil {
		return Recipe{}, err
	}
	out := spec.Recipe(nil)
	out.Version = clean(r.Version)
	if r.Step != nil {
		n, err := r.Step.Int64()
		if err != nil || n < 0 || n > int64(spec.Steps) {
			return Recipe{}, param.Refuse("step", "must lie between 0 and %d, the end of the run; it is %.40s", spec.Steps, r.Step.String())
		}
		step := int(n)
		out.Step = &step
		out.Link += fmt.Sprintf("&step=%d", step)
	}
	return out, nil
}

// uploadsIn checks the uploads that an export carries: each must have the hash that is its name, and be of a kind that
// is read here.
func uploadsIn(texts map[string]string, carried map[string][]byte) (Uploads, error) {
	out := Uploads{}
	weight := 0
	take := func(id string, b []byte) error {
		r, err := files.Read(b)
		if err != nil {
			return fileFault("the upload %.12s… inside cannot be read: %v", id, err)
		}
		if r.File.ID != id {
			return fileFault("the upload %.12s… inside is damaged: its bytes have another SHA-256", id)
		}
		if weight += r.Weight; weight > maxUnpacked {
			return fileFault("the uploads inside take more than %d bytes of memory", maxUnpacked)
		}
		out.Add(r.File)
		return nil
	}
	if len(texts)+len(carried) > maxCarriedIDs {
		return nil, fileFault("more than %d uploads inside", maxCarriedIDs)
	}
	left := maxCarried
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		if left -= base64.StdEncoding.DecodedLen(len(texts[id])); left < -3*maxCarriedIDs {
			return nil, fileFault("the uploads inside have more than %d bytes", maxCarried)
		}
		b, err := base64.StdEncoding.DecodeString(texts[id])
		if err != nil {
			return nil, fileFault("the upload %.12s… inside is no base64: %v", id, err)
		}
		if err := take(id, b); err != nil {
			return nil, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(carried)) {
		if err := take(id, carried[id]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// clean shortens a version that somebody wrote into a file.
func clean(version string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, version[:min(len(version), 80)])
}
