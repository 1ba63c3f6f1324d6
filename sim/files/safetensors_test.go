package files

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"thalweg/landscape/kernel"
	"thalweg/landscape/nets"
)

// tensors is a safetensors file of a header and a body.
func tensors(header string, body string) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), body...)
}

// layersOf is a file of named tensors in float64 one behind the other, filled with ones; each is "name out×in" or "name n".
func layersOf(metadata string, names ...string) []byte {
	head, at := "{"+metadata, 0
	for _, n := range names {
		name, shape, _ := strings.Cut(n, " ")
		size := 1
		dims := strings.Split(shape, "x")
		for _, d := range dims {
			var v int
			fmt.Sscan(d, &v)
			size *= v
		}
		if len(head) > 1 {
			head += ","
		}
		head += fmt.Sprintf(`%q:{"dtype":"F64","shape":[%s],"data_offsets":[%d,%d]}`, name, strings.Join(dims, ","), at, at+8*size)
		at += 8 * size
	}
	return tensors(head+"}", strings.Repeat(bytesOf(1), at/8))
}

func TestCheckpointsAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		data       []byte
		sizes      string
		activation string
		bias       bool
	}{
		"a sequence":      {layersOf(`"__metadata__":{"activation":"relu","x":"y"}`, "0.weight 3x2", "0.bias 3", "2.weight 1x3", "2.bias 1"), "[2 3 1]", "relu", true},
		"layers":          {layersOf("", "layers.1.weight 4x3", "layers.0.weight 3x2"), "[2 3 4]", "", false},
		"fc":              {layersOf("", "fc1.bias 3", "fc2.bias 1", "fc1.weight 3x2", "fc2.weight 1x3"), "[2 3 1]", "", true},
		"net, ten and up": {layersOf("", "net.10.weight 1x5", "net.9.weight 5x4", "net.2.weight 4x6"), "[6 4 5 1]", "", false},
		"a linear model":  {layersOf("", "module.net.0.weight 3x2"), "[2 3]", "", false},
	} {
		r, err := Read(c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		k, err := CheckpointOf(r.File)
		if err != nil || fmt.Sprint(k.Sizes) != c.sizes || k.Activation != c.activation || k.Bias != c.bias || r.File.Kind != KindCheckpoint {
			t.Errorf("%s: %+v, %v", name, k, err)
		}
		if s := r.Summary.(CheckpointSummary); s.Parameters != len(k.Theta) || s.Architecture != k.Hidden() {
			t.Errorf("%s: the summary is %+v", name, s)
		}
	}
}

func TestCheckpointsAreRefused(t *testing.T) {
	one := func(dtype, shape, offsets string) []byte {
		return tensors(fmt.Sprintf(`{"0.weight":{"dtype":%q,"shape":[%s],"data_offsets":[%s]}}`, dtype, shape, offsets), strings.Repeat("\x00", 32))
	}
	many := make([]string, 65)
	for i := range many {
		many[i] = fmt.Sprintf("%d.weight 1x1", i)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a header beyond the file":   {append(binary.LittleEndian.AppendUint64(nil, 5_000_000), "{"+strings.Repeat(" ", 1191)...), "header says 5 000 000 bytes, file has 1 200"},
		"a header of 2^63 bytes":     {append(binary.LittleEndian.AppendUint64(nil, 1<<63), '{'), "header says 9 223 372 036 854 775 808 bytes, file has 9"},
		"a long header":              {tensors("{"+strings.Repeat(" ", 1<<20)+"}", ""), "header has 1 048 578 bytes, at most 1 048 576"},
		"no JSON":                    {tensors("{weights}", ""), "not the JSON of safetensors"},
		"cut JSON":                   {tensors(`{"0.weight":{`, ""), "not the JSON of safetensors"},
		"two values":                 {tensors("{}{}", ""), "more than one value"},
		"no tensors":                 {tensors("{}", ""), "no weight tensors found"},
		"other tensors":              {layersOf("", "embedding 2x2"), "no weight tensors found"},
		"another tensor among them":  {layersOf("", "0.weight 1x2", "norm.scale 2"), "tensor norm.scale is no weight or bias of a dense layer"},
		"whole numbers":              {one("I64", "2,2", "0,32"), "dtype I64 is not supported"},
		"a missing field":            {tensors(`{"0.weight":{"dtype":"F64","shape":[1]}}`, ""), "does not say its dtype, shape and two data_offsets"},
		"a field too many":           {tensors(`{"0.weight":{"dtype":"F64","shape":[1],"data_offsets":[0,8],"x":1}}`, "12345678"), "does not say its dtype"},
		"a shape that overflows":     {one("F64", "4294967296,4294967296", "0,0"), "a shape that no file of 67 108 864 bytes holds"},
		"a negative size":            {one("F64", "-1,2", "0,0"), "a shape that no file"},
		"a size of 1.5":              {one("F64", "1.5,2", "0,24"), "a shape that no file"},
		"many axes":                  {one("F64", "1,1,1,1,1,1,1,1,1", "0,8"), "has 9 axes, at most 8"},
		"offsets that do not fit":    {one("F64", "2,2", "0,24"), "tensor 0.weight of F64 2×2 takes 32 bytes, its offsets 0 to 24 hold another number"},
		"offsets backwards":          {one("F64", "2,2", "32,0"), "hold another number"},
		"offsets beyond":             {one("F64", "2,2", "8,40"), "tensor 0.weight ends at byte 40, the file has 32"},
		"offsets of 2^64":            {one("F64", "2,2", "18446744073709551616,0"), "an offset that is no whole number"},
		"a gap":                      {one("F64", "1,2", "16,32"), "16 bytes before tensor 0.weight belong to none"},
		"a tail":                     {one("F64", "1,2", "0,16"), "16 bytes at the end belong to no tensor"},
		"an overlap":                 {tensors(`{"0.weight":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},"0.bias":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}`, strings.Repeat("\x00", 16)), "tensors overlap"},
		"a name twice":               {tensors(`{"0.bias":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"0.bias":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}`, strings.Repeat("\x00", 16)), "tensor 0.bias is given twice"},
		"a number twice":             {layersOf("", "fc1.weight 1x1", "fc01.weight 1x1"), "tensors fc1.weight and fc01.weight are of one layer"},
		"metadata of numbers":        {tensors(`{"__metadata__":{"a":1}}`, ""), "something other than a text at a"},
		"metadata twice":             {tensors(`{"__metadata__":{},"__metadata__":{}}`, ""), "__metadata__ is given twice"},
		"metadata without an object": {tensors(`{"__metadata__":null}`, ""), "no object of texts"},
		"much metadata":              {tensors(`{"__metadata__":{`+strings.Repeat(`"a":"",`, 10)+strings.TrimSuffix(manyEntries(), ",")+`}}`, ""), "more than 64 entries"},
		"65 tensors":                 {layersOf("", many...), "more than 64 tensors"},
		"two nets":                   {layersOf("", "a.0.weight 1x1", "b.0.weight 1x1"), "tensors of two nets"},
		"layers that do not meet":    {layersOf("", "0.weight 24x64", "2.weight 10x25"), "tensor 2.weight is 10×25, but layer 1 has 24 outputs"},
		"a bias alone":               {layersOf("", "0.weight 1x1", "2.bias 1"), "tensor 2.bias has no weight beside it"},
		"a bias left out":            {layersOf("", "0.weight 1x1", "0.bias 1", "2.weight 1x1"), "has a bias, that of 2.weight has none"},
		"a bias too many":            {layersOf("", "0.weight 1x1", "2.weight 1x1", "2.bias 1"), "the layer of 2.weight has a bias, that of 0.weight has none"},
		"a bias of another size":     {layersOf("", "0.weight 3x1", "0.bias 2"), "tensor 0.bias is 2, but its layer has 3 outputs"},
		"weights of one axis":        {layersOf("", "1.weight 5"), "tensor 1.weight is 5; the weights of a dense layer have two axes"},
		"an empty layer":             {layersOf("", "0.weight 0x5"), "it is empty"},
		"a wide layer":               {layersOf("", "0.weight 513x1", "2.weight 1x513"), "layer 1 has 513 outputs, at most 512"},
		"a deep net":                 {layersOf("", many[:8]...), "this net has 7 hidden layers, at most 6"},
		"a large net":                {layersOf("", "0.weight 500x600"), "this net has 300 000 parameters, at most 200 000"},
		"an unknown activation":      {layersOf(`"__metadata__":{"activation":"swish"}`, "0.weight 1x1"), `the activation "swish", which is not known here`},
		"not finite":                 {notFinite(), "not finite: layers.1.bias[3]"},
		"not finite in a matrix":     {notFiniteWeight(), "not finite: layers.1.weight[1,0]"},
		"eight bytes":                {append(binary.LittleEndian.AppendUint64(nil, 1), '{'), "not the JSON of safetensors"},
	} {
		start := time.Now()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := Read(c.data)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v, want a word on %q", name, r, err, c.want)
		}
		// A damaged file is refused at once, and takes no more memory than it brings.
		took := time.Since(start)
		for range 2 { // a busy machine may have been elsewhere
			start = time.Now()
			Read(c.data)
			took = min(took, time.Since(start))
		}
		if took > 100*time.Millisecond {
			t.Errorf("%s: refused after %v, want less than 100 ms", name, took)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20+8*uint64(len(c.data)) {
			t.Errorf("%s: refusing %d bytes took %d", name, len(c.data), n)
		}
	}
}

func manyEntries() string {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, `"k%d":"",`, i)
	}
	return b.String()
}

func notFinite() []byte {
	b := layersOf("", "layers.0.weight 2x2", "layers.0.bias 2", "layers.1.weight 5x2", "layers.1.bias 5")
	copy(b[len(b)-16:], bytesOf(math.NaN()))
	return b
}

func notFiniteWeight() []byte {
	b := layersOf("", "layers.0.weight 2x2", "layers.0.bias 2", "layers.1.bias 5", "layers.1.weight 5x2")
	copy(b[len(b)-64:], bytesOf(math.Inf(-1)))
	return b
}

// Every byte of a small checkpoint changed, and the file cut at every place: no panic, and what is still read is a net.
func TestDamagedCheckpoints(t *testing.T) {
	good := layersOf(`"__metadata__":{"activation":"tanh"}`, "0.weight 3x2", "0.bias 3", "2.weight 1x3", "2.bias 1")
	check := func(b []byte) {
		if c, err := ReadCheckpoint(b); err == nil && (len(c.Sizes) < 2 || len(c.Theta) != nets.Shape{Sizes: c.Sizes, Bias: c.Bias}.Dim()) {
			t.Errorf("read as %+v", c)
		}
	}
	for i := range good {
		check(good[:i])
		for _, flip := range []byte{1, 0x80, 0xff} {
			b := bytes.Clone(good)
			b[i] ^= flip
			check(b)
		}
	}
}

// What is written is read back to the bit, and stands as the format wants it.
func TestCheckpointsComeBack(t *testing.T) {
	for _, bias := range []bool{true, false} {
		shape := nets.Shape{Sizes: []int{5, 7, 4, 2}, Activation: kernel.GELU, Bias: bias}
		theta := shape.Init(nets.He, 1.5, 3, 0)
		for i := range theta {
			theta[i] += 1e-3 * float64(i) // biases too
		}
		var b bytes.Buffer
		if err := WriteCheckpoint(&b, shape, theta, map[string]string{"activation": "gelu", "recipe": `{"a":"é<&>"}`}); err != nil {
			t.Fatal(err)
		}
		c, err := ReadCheckpoint(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(c.Sizes, shape.Sizes) || !slices.Equal(c.Theta, theta) || c.Bias != bias || c.Activation != "gelu" || c.Hidden() != "7-4" || c.Metadata["recipe"] != `{"a":"é<&>"}` {
			t.Errorf("written %v of bias %v, read %v, %v, %q, %v", shape.Sizes, bias, c.Sizes, c.Bias, c.Activation, c.Metadata)
		}
		n := binary.LittleEndian.Uint64(b.Bytes())
		if !json.Valid(b.Bytes()[8:8+n]) || n%8 != 0 {
			t.Errorf("the header has %d bytes, want JSON of a multiple of eight: %s", n, b.Bytes()[8:8+n])
		}
		if !bytes.Contains(b.Bytes()[:n+8], []byte(`"2.weight":{"dtype":"F64","shape":[4,7]`)) {
			t.Errorf("the header is %s", b.Bytes()[8:8+n])
		}
	}
}

func TestHalves(t *testing.T) {
	// Values of IEEE 754-2008 binary16 and bfloat16 by their bits.
	for bits, want := range map[uint16]float64{0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0400: 0x1p-14, 0x0001: 0x1p-24, 0x83ff: -0x1.ff8p-15, 0x3555: 0.333251953125, 0x8000: math.Copysign(0, -1), 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1)} {
		if got := half(bits); math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("half %#04x is %v, want %v", bits, got, want)
		}
	}
	if !math.IsNaN(half(0x7e00)) {
		t.Error("half 0x7e00 is a number")
	}
	for dtype, body := range map[string]string{"F16": "\x00\x3c\x00\xc0", "BF16": "\x80\x3f\x00\xc0", "F32": "\x00\x00\x80\x3f\x00\x00\x00\xc0"} {
		c, err := ReadCheckpoint(tensors(fmt.Sprintf(`{"0.weight":{"dtype":%q,"shape":[1,2],"data_offsets":[0,%d]}}`, dtype, len(body)), body))
		if err != nil || !slices.Equal(c.Theta, []float64{1, -2}) {
			t.Errorf("%s: %+v, %v, want 1 and -2", dtype, c, err)
		}
	}
}

// Whatever the bytes, what is read is a net whose numbers are finite, and it is read again after it is written.
func FuzzCheckpoint(f *testing.F) {
	f.Add(layersOf(`"__metadata__":{"activation":"tanh"}`, "0.weight 3x2", "0.bias 3", "2.weight 1x3", "2.bias 1"))
	f.Add(layersOf("", "fc1.weight 1x1"))
	f.Add(tensors(`{"l.0.weight":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]}}`, "1234"))
	f.Add(append(binary.LittleEndian.AppendUint64(nil, 5_000_000), '{'))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ReadCheckpoint(b)
		if err != nil {
			return
		}
		shape := nets.Shape{Sizes: c.Sizes, Bias: c.Bias}
		if len(c.Theta) != shape.Dim() {
			t.Fatalf("%d parameters of a net %v", len(c.Theta), c.Sizes)
		}
		var out bytes.Buffer
		if err := WriteCheckpoint(&out, shape, c.Theta, nil); err != nil {
			t.Fatal(err)
		}
		again, err := ReadCheckpoint(out.Bytes())
		if err != nil || !slices.Equal(again.Theta, c.Theta) || !slices.Equal(again.Sizes, c.Sizes) {
			t.Errorf("written and read again: %v", err)
		}
	})
}
