package sim

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/gif"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"thalweg/sim/files"
)

func exportWith(t testing.TB, format string, tr *Trace, o ExportOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(context.Background(), &b, format, tr, o); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.Bytes()
}

func whole(n int) *int { return &n }

// unzipped returns the files of a zip by name.
func unzipped(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// The recipe names the build, so it is left out of what is compared with files.
var recipes = regexp.MustCompile(`\{"spec".*"platform":\{[^}]*\}[^}]*\}`)

func TestFiguresAgainstFiles(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the last digits were written on amd64")
	}
	tr := play(resolve(t, "preset=two&steps=60"))
	o := ExportOptions{Step: whole(30)}
	tex := unzipped(t, exportWith(t, "pgf", tr, o))
	for name, got := range map[string]string{
		"figure.svg": string(exportWith(t, "svg", tr, o)),
		"figure.tex": tex["thalweg-"+tr.Spec.ID()+".tex"],
		"trail.dat":  tex["thalweg-"+tr.Spec.ID()+"-trail-gd.dat"],
	} {
		if !strings.HasSuffix(name, ".dat") && !recipes.MatchString(got) {
			t.Errorf("%s holds no recipe", name)
		}
		got = recipes.ReplaceAllString(got, "{}")
		file := filepath.Join("testdata", "figure", name)
		want, err := os.ReadFile(file)
		if err == nil && string(want) == got {
			continue
		}
		wrong := filepath.Join("testdata", "figure", "actual-"+name)
		if err := os.WriteFile(wrong, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s differs; what came is in %s. Look at both, and keep the right one", file, wrong)
	}
}

func TestEqualExports(t *testing.T) {
	o := ExportOptions{Step: whole(30), Ramp: "magma", Font: 11}
	one, two := play(resolve(t, "preset=two&steps=60")), play(resolve(t, "preset=two&steps=60"))
	for _, format := range Formats {
		if !bytes.Equal(exportWith(t, format, one, o), exportWith(t, format, two, o)) {
			t.Errorf("%s: equal specs gave different bytes", format)
		}
	}
}

func TestSVG(t *testing.T) {
	for _, q := range []string{"preset=two", "replicas=30&steps=40", "methods=gd;b=gd:curvature=50,step-size=0.001", "methods=gd;wild=gd:step-size=50"} {
		b := exportWith(t, "svg", play(resolve(t, q)), ExportOptions{})
		if bytes.Contains(b, []byte("<image")) || bytes.Count(b, []byte("<text")) < 10 || bytes.Count(b, []byte("<path")) < 10 {
			t.Errorf("%s: %d texts and %d paths, want vectors and selectable text, no raster", q, bytes.Count(b, []byte("<text")), bytes.Count(b, []byte("<path")))
		}
		ids := map[string]bool{}
		for d := xml.NewDecoder(bytes.NewReader(b)); ; {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: not well-formed: %v", q, err)
			}
			if e, ok := tok.(xml.StartElement); ok {
				for _, a := range e.Attr {
					if a.Name.Local == "id" && ids[a.Value] {
						t.Errorf("%s: the id %s is there twice", q, a.Value)
					}
					if a.Name.Local == "id" {
						ids[a.Value] = true
					}
					if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
						t.Errorf("%s: %s of %s is %.60s", q, a.Name.Local, e.Name.Local, a.Value)
					}
				}
			}
		}
	}
	wild := exportWith(t, "svg", play(resolve(t, "methods=gd;wild=gd:step-size=50")), ExportOptions{})
	if !bytes.Contains(wild, []byte("wild diverged at step")) {
		t.Error("the figure does not say that a walk diverged")
	}
}

// Where there is no plane to look at, the curve is drawn, and the figure says why it is alone.
func TestFigureWithoutMap(t *testing.T) {
	lab := testLab()
	open := lab.Open
	lab.Open = func(s Setup) (*Scene, error) {
		scene, err := open(s)
		for i := range scene.Contestants {
			scene.Contestants[i].Domain = [4]float64{}
		}
		return scene, err
	}
	s, err := lab.Resolve(Draft{Preset: "two"})
	if err != nil {
		t.Fatal(err)
	}
	tr := play(s)
	svg := exportWith(t, "svg", tr, ExportOptions{})
	if !bytes.Contains(svg, []byte("There is no map: the plane has no extent.")) || bytes.Contains(svg, []byte("-landscape")) || bytes.Contains(svg, []byte("NaN")) || bytes.Count(svg, []byte("stroke-dasharray")) < 2 {
		t.Errorf("%.400s", svg)
	}
	if tex := unzipped(t, exportWith(t, "pgf", tr, ExportOptions{}))["thalweg-"+s.ID()+".tex"]; strings.Contains(tex, "name=map") || !strings.Contains(tex, "curve-gd.dat") {
		t.Errorf("%.400s", tex)
	}
	if html := exportWith(t, "html", tr, ExportOptions{}); !bytes.Contains(html, []byte(`"map":null`)) {
		t.Error("the replay has a map")
	}
}

func TestReplayStandsAlone(t *testing.T) {
	b := exportWith(t, "html", play(resolve(t, "preset=two")), ExportOptions{Step: whole(7)})
	for _, no := range []string{"http:", "https:", "//cdn", " src=", "<link", "@import", "url("} {
		text := bytes.ReplaceAll(b, []byte("http://www.w3.org/"), nil)
		if bytes.Contains(text, []byte(no)) {
			t.Errorf("the replay holds %q, as if it needed something from elsewhere", no)
		}
	}
	for _, tag := range []string{"style", `script type="module"`} {
		_, rest, _ := bytes.Cut(b, []byte("<"+tag+">"))
		name, _, _ := strings.Cut(tag, " ")
		body, _, ok := bytes.Cut(rest, []byte("</"+name+">"))
		sum := sha256.Sum256(body)
		if want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !ok || !bytes.Contains(b, []byte(want)) {
			t.Errorf("the policy of the page does not allow its own %s", name)
		}
	}
	_, rest, _ := bytes.Cut(b, []byte(`id="data">`))
	data, _, _ := bytes.Cut(rest, []byte("</script>"))
	var d struct {
		Steps, Open int
		Walks       []struct {
			ID          string
			Step, Value []float64
		}
	}
	if err := json.Unmarshal(data, &d); err != nil || d.Steps != 200 || d.Open != 7 || len(d.Walks) != 2 || len(d.Walks[0].Step) != 201 {
		t.Errorf("data of the replay: %v, %d steps from %d, %d walks", err, d.Steps, d.Open, len(d.Walks))
	}
}

func TestExportOptionsAreChecked(t *testing.T) {
	tr := play(resolve(t, "steps=20"))
	for want, o := range map[string]ExportOptions{
		"step: must lie between 0 and 20, the end of the run; it is 21":   {Step: whole(21)},
		`ramp: "rainbow" is not one of sounding, viridis, cividis, magma`: {Ramp: "rainbow"},
		"font: must lie between 5 and 24 points; it is 90":                {Font: 90},
		`plane: "pca" is not one of direct`:                               {Plane: "pca"},
		"range: [1 0 0 1] is not s0 < s1, t0 < t1":                        {Range: &[4]float64{1, 0, 0, 1}},
	} {
		if err := Export(context.Background(), io.Discard, "svg", tr, o); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := Export(context.Background(), io.Discard, "docx", tr, ExportOptions{}); err == nil || !strings.Contains(err.Error(), "json, npz, csv, svg, pgf, html") {
		t.Errorf("docx: %v", err)
	}
}

// pngWith is a picture with a recipe as the page writes it.
func pngWith(t testing.TB, recipe []byte) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	body := append([]byte("tEXt"+RecipeKey+"\x00"), recipe...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)-4))
	chunk = append(chunk, body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	return append(append(bytes.Clone(b.Bytes()[:33]), chunk...), b.Bytes()[33:]...) // after the signature and IHDR
}

// gifWith is a clip with a recipe in its comment.
func gifWith(t testing.TB, recipe []byte) []byte {
	var b bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 3, 3), palette.Plan9)
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(b.Bytes()[:b.Len()-1])
	out = append(out, 0x21, 0xfe)
	for text := append([]byte(RecipeKey+" "), recipe...); len(text) > 0; {
		n := min(255, len(text))
		out = append(append(out, byte(n)), text[:n]...)
		text = text[n:]
	}
	return append(out, 0, 0x3b)
}

func TestRecipesComeBack(t *testing.T) {
	labs := []*Lab{testLab()}
	for _, q := range []string{"preset=two&steps=60", "methods=gd;b=gd:curvature=50&seed=9", "moves=17:gd.step-size=0.01"} {
		tr := play(resolve(t, q))
		for _, step := range []*int{nil, whole(0), whole(30)} {
			files := map[string][]byte{}
			for _, format := range Formats {
				files[format] = exportWith(t, format, tr, ExportOptions{Step: step})
			}
			recipe := tr.Spec.Recipe(step).ASCII()
			files["png"], files["gif"], files["recipe"] = pngWith(t, recipe), gifWith(t, recipe), recipe
			files["tex"] = []byte(unzipped(t, files["pgf"])["thalweg-"+tr.Spec.ID()+".tex"])
			files["svg with a mark"] = append([]byte("\xef\xbb\xbf"), files["svg"]...)
			if step == nil {
				var err error
				if files["spec"], err = json.Marshal(tr.Spec); err != nil {
					t.Fatal(err)
				}
			}
			for name, data := range files {
				r, err := ReadRecipe(data, labs, nil)
				if err != nil {
					t.Errorf("%s of %s: %v", name, q, err)
					continue
				}
				if r.ID != tr.Spec.ID() || (r.Step == nil) != (step == nil) || step != nil && *r.Step != *step {
					t.Errorf("%s of %s leads to run %s at %v", name, q, r.ID, r.Step)
				}
				if step != nil != strings.Contains(r.Link, "&step=") || name != "spec" && r.Version != Version() {
					t.Errorf("%s of %s: link %s of version %s", name, q, r.Link, r.Version)
				}
			}
		}
	}
}

func TestReadRecipeRefuses(t *testing.T) {
	labs := []*Lab{testLab()}
	good := play(resolve(t, "steps=20")).Spec.Recipe(nil).ASCII()
	bomb := func(name string, size int) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<20)
		for range size {
			w.Write(zeros)
		}
		z.Close()
		return b.Bytes()
	}
	damaged := pngWith(t, good)
	damaged[60] ^= 1
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":      {nil, "the file is empty"},
		"spaces":       {[]byte(" \n"), "the file is blank"},
		"prose":        {[]byte("dear all"), "this is no export"},
		"JPEG":         {[]byte("\xff\xd8\xff\xe0"), "a JPEG carries no recipe"},
		"WebM":         {[]byte("\x1a\x45\xdf\xa3xxxxxxxxxxxx"), "holds no recipe"},
		"MP4":          {[]byte("\x00\x00\x00\x18ftypmp42xxxx"), "an MP4 clip carries no recipe"},
		"plain PNG":    {func() []byte { b := pngWith(t, good); return append(bytes.Clone(b[:33]), b[len(b)-12:]...) }(), "holds no recipe"},
		"damaged PNG":  {damaged, "checksum"},
		"short PNG":    {pngWith(t, good)[:70], "in the middle of a chunk"},
		"short GIF":    {gifWith(t, good)[:60], "GIF"},
		"broken JSON":  {[]byte(`{"spec":`), "not JSON"},
		"other JSON":   {[]byte(`{"a":1}`), "neither a spec nor a link"},
		"other lab":    {[]byte(`{"spec":{"lab":"cave"}}`), `lab: "cave" is not one of bowl`},
		"value":        {[]byte(`{"spec":{"lab":"bowl","values":{"curvature":1e9}}}`), "curvature"},
		"lab version":  {[]byte(`{"spec":{"lab":"bowl","labv":7}}`), "version 7 of lab bowl"},
		"step":         {[]byte(`{"link":"/lab/bowl?steps=20","step":21}`), "step: must lie between 0 and 20, the end of the run; it is 21"},
		"strange step": {[]byte(`{"link":"/lab/bowl?steps=20","step":1e99}`), "step: must lie between 0 and 20"},
		"bomb NPZ":     {bomb("recipe.npy", 8), "unpacks to more than"},
		"bomb tex":     {bomb("a.tex", 8), "unpacks to more than"},
		"other zip":    {bomb("a.txt", 1), "holds no recipe"},
		"crowded zip":  {append([]byte("PK\x03\x04"), bytes.Repeat([]byte("PK\x01\x02"), 5000)...), "lists 5000 files"},
		"deep SVG":     {[]byte("<svg>" + strings.Repeat("<g>", 1000)), "nested deeper than 500"},
		"crowded SVG":  {[]byte("<svg " + strings.Repeat(`a=">" `, 5000) + ">"), "more than 4096 attributes"},
		"large SVG":    {append([]byte("<svg>"), make([]byte, maxSVG)...), "at most 16777216 are read"},
		"broken zip":   {[]byte("PK\x03\x04nothing"), "zip cannot be read"},
		"other XML":    {[]byte("<feed></feed>"), "not an SVG"},
		"broken SVG":   {[]byte("<svg><a></svg>"), "not well-formed"},
		"plain SVG":    {[]byte("<svg><metadata>none</metadata></svg>"), "holds no recipe"},
		"plain HTML":   {[]byte("<!doctype html><p>"), "holds no recipe"},
		"cut HTML":     {[]byte(`<!DOCTYPE html><script type="application/json" id="thalweg-recipe">{`), "in the middle of the recipe"},
		"plain tex":    {[]byte(`\documentclass{article}`), "holds no recipe"},
	} {
		_, err := ReadRecipe(c.data, labs, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a word on %q", name, err, c.want)
		}
	}
}

func FuzzReadRecipe(f *testing.F) {
	labs := []*Lab{fileLab()}
	s, err := fileLab().Resolve(Draft{Steps: whole(3)})
	if err != nil {
		f.Fatal(err)
	}
	// Small files keep the fuzzer fast; whole exports are read in TestRecipesComeBack.
	recipe := s.Recipe(whole(2)).ASCII()
	f.Add(recipe)
	f.Add(pngWith(f, recipe))
	f.Add(gifWith(f, recipe))
	f.Add([]byte("# " + string(recipe) + "\nrun,method\n"))
	f.Add([]byte("<svg><metadata id='" + RecipeKey + "'>" + string(recipe) + "</metadata></svg>"))
	f.Add([]byte("<!doctype html><script type=\"application/json\" id=\"" + RecipeKey + "\">" + string(recipe) + "</script>"))
	tex := "% " + RecipeKey + ": " + string(recipe) + "\n"
	f.Add([]byte(tex))
	var b bytes.Buffer
	z := &npz{Writer: zip.NewWriter(&b)}
	z.text("recipe", nil, string(recipe))
	z.Close()
	f.Add(bytes.Clone(b.Bytes()))
	b.Reset()
	packed := zip.NewWriter(&b)
	if w, err := packed.Create("a.tex"); err != nil {
		f.Fatal(err)
	} else if _, err := io.WriteString(w, tex); err != nil {
		f.Fatal(err)
	}
	packed.Close()
	f.Add(bytes.Clone(b.Bytes()))
	f.Add([]byte(`{"lab":"bowl","steps":7}`))
	table := tableFile(f, "kind", 0)
	named, err := withFiles(f, "steps=3&rows="+table.ID, Uploads{table.ID: table})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(named.Recipe(nil).ASCII())
	apart, carried := named.Recipe(nil).apart()
	b.Reset()
	z = &npz{Writer: zip.NewWriter(&b)}
	z.text("recipe", nil, string(apart.ASCII()))
	z.array(carried[0].Name, "|u1", []int{len(carried[0].Data)}, carried[0].Data)
	z.Close()
	f.Add(bytes.Clone(b.Bytes()))
	b.Reset()
	if err := files.WriteSafetensors(&b, []string{"0.weight"}, [][]int{{1, 1}}, [][]float64{{1}}, map[string]string{"recipe": string(recipe)}); err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Clone(b.Bytes()))
	f.Add([]byte("<svg id='thalweg-recipe'>{}</svg>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadRecipe(data, labs, nil)
		if err != nil {
			return
		}
		for id, file := range r.Spec.Files() {
			if sum := sha256.Sum256(file.Bytes); id != hex.EncodeToString(sum[:]) {
				t.Errorf("the file %s has the bytes of another", id)
			}
		}
		if r.Spec == nil || r.ID != r.Spec.ID() || r.Step != nil && (*r.Step < 0 || *r.Step > r.Spec.Steps) {
			t.Errorf("read run %s at %v", r.ID, r.Step)
		}
		if again, err := ReadRecipe(r.ASCII(), labs, nil); err != nil || again.ID != r.ID {
			t.Errorf("its own recipe leads to %s: %v", again.ID, err)
		}
	})
}
