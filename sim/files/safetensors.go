package files

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The bounds of a safetensors file.
const (
	maxTensorHeader = 1 << 20
	maxTensors      = 64
	maxTensorAxes   = 8
	maxMetadata     = 64
)

// A Tensor is one array of a safetensors file.
type Tensor struct {
	Name  string
	Shape []int
	dtype string
	data  []byte // a part of the file
}

// dtypes are the numbers that are read, and their sizes in bytes.
var dtypes = map[string]int{"F64": 8, "F32": 4, "F16": 2, "BF16": 2}

// looksLikeSafetensors tells the length of a header and its first brace from text.
func looksLikeSafetensors(b []byte) bool {
	return len(b) > 8 && b[8] == '{' && bytes.ContainsFunc(b[:8], func(r rune) bool { return r < '\t' || r > '~' })
}

// ReadSafetensors reads the header of a safetensors file: 8 bytes of its length, the header in JSON, the numbers. The
// tensors come in the order of their bytes and share them with the file. Every claim of the header is checked: sizes
// against shapes, and that the tensors fill the file without gap or overlap.
func ReadSafetensors(b []byte) ([]Tensor, map[string]string, error) {
	if len(b) > MaxBytes {
		return nil, nil, fmt.Errorf("the file has %s bytes, at most %s", spaced(len(b)), spaced(MaxBytes))
	}
	if len(b) < 8 {
		return nil, nil, fmt.Errorf("the file has %d bytes; the length of its header alone takes 8", len(b))
	}
	n := binary.LittleEndian.Uint64(b)
	switch rest := uint64(len(b) - 8); {
	case n > rest:
		return nil, nil, fmt.Errorf("header says %s bytes, file has %s", spaced(n), spaced(len(b)))
	case n > maxTensorHeader:
		return nil, nil, fmt.Errorf("header has %s bytes, at most %s", spaced(n), spaced(maxTensorHeader))
	}
	tensors, metadata, err := readTensorHeader(b[8 : 8+n])
	if err != nil {
		return nil, nil, err
	}
	body := b[8+n:]
	for i := range tensors {
		if err := tensors[i].cut(body); err != nil {
			return nil, nil, err
		}
	}
	slices.SortStableFunc(tensors, func(a, b header) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	end := uint64(0)
	out := make([]Tensor, len(tensors))
	for i, t := range tensors {
		switch {
		case t.from < end:
			return nil, nil, fmt.Errorf("tensors overlap: %s and %s", quote(tensors[i-1].Name), quote(t.Name))
		case t.from > end:
			return nil, nil, fmt.Errorf("%s bytes before tensor %s belong to none", spaced(t.from-end), quote(t.Name))
		}
		end, out[i] = t.to, t.Tensor
	}
	if rest := uint64(len(body)) - end; rest > 0 {
		return nil, nil, fmt.Errorf("%s bytes at the end belong to no tensor", spaced(rest))
	}
	return out, metadata, nil
}

// A header is what a file says of a tensor.
type header struct {
	Tensor
	from, to uint64
}

// readTensorHeader reads the object of tensors key by key, so that no name is given twice.
func readTensorHeader(raw []byte) ([]header, map[string]string, error) {
	bad := func(err error) error { return fmt.Errorf("the header is not the JSON of safetensors: %w", err) }
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, bad(errors.New("it is no object"))
	}
	var out []header
	var metadata map[string]string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, nil, bad(err)
		}
		name, _ := key.(string)
		if name == "__metadata__" {
			if metadata != nil {
				return nil, nil, errors.New("__metadata__ is given twice")
			}
			if metadata, err = readMetadata(d); err != nil {
				return nil, nil, err
			}
			continue
		}
		if len(out) == maxTensors {
			return nil, nil, fmt.Errorf("more than %d tensors", maxTensors)
		}
		if slices.ContainsFunc(out, func(h header) bool { return h.Name == name }) {
			return nil, nil, fmt.Errorf("tensor %s is given twice", quote(name))
		}
		var said struct {
			Dtype   *string       `json:"dtype"`
			Shape   []json.Number `json:"shape"`
			Offsets []json.Number `json:"data_offsets"`
		}
		inner := json.RawMessage{}
		if err := d.Decode(&inner); err != nil {
			return nil, nil, bad(err)
		}
		own := json.NewDecoder(bytes.NewReader(inner))
		own.DisallowUnknownFields()
		if err := own.Decode(&said); err != nil || said.Dtype == nil || said.Shape == nil || len(said.Offsets) != 2 {
			return nil, nil, fmt.Errorf("tensor %s does not say its dtype, shape and two data_offsets", quote(name))
		}
		h, err := newHeader(name, *said.Dtype, said.Shape, said.Offsets)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, h)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, bad(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, nil, bad(errors.New("more than one value"))
	}
	return out, metadata, nil
}

// readMetadata reads an object of texts with no more entries than a file of a net needs.
func readMetadata(d *json.Decoder) (map[string]string, error) {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("__metadata__ is no object of texts")
	}
	out := map[string]string{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("__metadata__ is damaged: %w", err)
		}
		value, err := d.Token()
		name, _ := key.(string)
		text, ok := value.(string)
		if err != nil || !ok {
			return nil, fmt.Errorf("__metadata__ has something other than a text at %s", quote(name))
		}
		if out[name] = text; len(out) > maxMetadata {
			return nil, fmt.Errorf("__metadata__ has more than %d entries", maxMetadata)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("__metadata__ is damaged: %w", err)
	}
	return out, nil
}

// newHeader checks what a file says of one tensor by itself.
func newHeader(name, dtype string, shape, offsets []json.Number) (header, error) {
	h := header{Tensor: Tensor{Name: name, dtype: dtype}}
	size, ok := dtypes[dtype]
	if !ok {
		return h, fmt.Errorf("dtype %.20s is not supported (tensor %s); F64, F32, F16 and BF16 are", dtype, quote(name))
	}
	if len(shape) > maxTensorAxes {
		return h, fmt.Errorf("tensor %s has %d axes, at most %d", quote(name), len(shape), maxTensorAxes)
	}
	bytes := uint64(size)
	for _, n := range shape {
		v, err := strconv.ParseUint(n.String(), 10, 64)
		if err != nil || v > MaxBytes || v > 0 && bytes > MaxBytes/v {
			return h, fmt.Errorf("tensor %s has a shape that no file of %s bytes holds", quote(name), spaced(MaxBytes))
		}
		bytes *= v
		h.Shape = append(h.Shape, int(v))
	}
	for i, at := range []*uint64{&h.from, &h.to} {
		v, err := strconv.ParseUint(offsets[i].String(), 10, 64)
		if err != nil {
			return h, fmt.Errorf("tensor %s has an offset that is no whole number: %.20s", quote(name), offsets[i])
		}
		*at = v
	}
	if h.to < h.from || h.to-h.from != bytes {
		return h, fmt.Errorf("tensor %s of %s %s takes %s bytes, its offsets %d to %d hold another number", quote(name), dtype, times(h.Shape), spaced(bytes), h.from, h.to)
	}
	return h, nil
}

// cut gives a tensor its bytes.
func (h *header) cut(body []byte) error {
	if h.to > uint64(len(body)) {
		return fmt.Errorf("tensor %s ends at byte %s, the file has %s", quote(h.Name), spaced(h.to), spaced(len(body)))
	}
	h.data = body[h.from:h.to]
	return nil
}

// Len is the number of numbers.
func (t *Tensor) Len() int { return len(t.data) / dtypes[t.dtype] }

// Store writes the numbers into dst, which is as long as Len says. It tells the place of the first that is not finite,
// -1 when all are.
func (t *Tensor) Store(dst []float64) (notFinite int) {
	notFinite = -1
	for i := range dst {
		var v float64
		switch t.dtype {
		case "F64":
			v = math.Float64frombits(binary.LittleEndian.Uint64(t.data[8*i:]))
		case "F32":
			v = float64(math.Float32frombits(binary.LittleEndian.Uint32(t.data[4*i:])))
		case "F16":
			v = half(binary.LittleEndian.Uint16(t.data[2*i:]))
		case "BF16":
			v = float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(t.data[2*i:])) << 16))
		}
		if notFinite < 0 && (math.IsNaN(v) || math.IsInf(v, 0)) {
			notFinite = i
		}
		dst[i] = v
	}
	return notFinite
}

// half reads a number of IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction.
func half(b uint16) float64 {
	exponent, fraction := int(b>>10&31), float64(b&1023)
	var v float64
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		if v = math.Inf(1); fraction != 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if b>>15 == 1 {
		return -v
	}
	return v
}

// WriteSafetensors writes float64 tensors in the order given, with metadata. Equal tensors give equal bytes.
func WriteSafetensors(w io.Writer, names []string, shapes [][]int, values [][]float64, metadata map[string]string) error {
	var b bytes.Buffer
	b.WriteByte('{')
	meta, err := json.Marshal(metadata) // keys in order
	if err != nil {
		return err
	}
	if len(metadata) > 0 {
		b.WriteString(`"__metadata__":`)
		b.Write(meta)
	}
	at := 0
	for i, name := range names {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		shape, err := json.Marshal(shapes[i])
		if err != nil {
			return err
		}
		end := at + 8*len(values[i])
		fmt.Fprintf(&b, `%s:{"dtype":"F64","shape":%s,"data_offsets":[%d,%d]}`, strconv.Quote(name), shape, at, end)
		at = end
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ') // numbers begin at a multiple of eight
	}
	if b.Len() > maxTensorHeader {
		return fmt.Errorf("the header would have %s bytes, at most %s", spaced(b.Len()), spaced(maxTensorHeader))
	}
	out := binary.LittleEndian.AppendUint64(make([]byte, 0, 8+b.Len()+at), uint64(b.Len()))
	out = append(out, b.Bytes()...)
	for _, v := range values {
		for _, x := range v {
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(x))
		}
	}
	_, err = w.Write(out)
	return err
}

// times writes a shape: 10×25.
func times(shape []int) string {
	if len(shape) == 0 {
		return "a single number"
	}
	parts := make([]string, len(shape))
	for i, n := range shape {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, "×")
}

// quote shortens a name that a file gives and takes out what no message should hold.
func quote(name string) string {
	if len(name) > 60 {
		name = name[:60] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return '?'
		}
		return r
	}, name)
}
