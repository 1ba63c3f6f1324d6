// Package replay writes a run as one file that plays it in a browser without the program, a server or a network.
package replay

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math"
	"strconv"
	"strings"

	"thalweg/sim/figure"
)

//go:embed player.html
var page string

//go:embed player.css
var style string

//go:embed player.js
var script string

// The bounds that keep the file below 2 MB.
const (
	maxGround = 400_000 // bytes of paths
	maxTrail  = 26_000  // points of all trails
	maxCurve  = 26_000  // and of all curves
)

// About is what a reader is told about a run, beside its figure.
type About struct {
	Lab, Link, Version string
	// Open is the step at which the replay stands at first; 0 begins.
	Open int
}

// short is a list of numbers in JSON, six digits each, null for what is not finite.
type short []float64

func (s short) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, v := range s {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = append(b, "null"...)
		} else {
			text := strconv.FormatFloat(v, 'g', 6, 64)
			text = strings.Replace(text, "e+0", "e", 1)
			b = append(b, strings.Replace(text, "e-0", "e-", 1)...)
		}
	}
	return append(b, ']'), nil
}

type theme struct {
	figure.Theme
	Methods [9]string `json:"m"`
	Base    string    `json:"base,omitempty"`
	Bands   []string  `json:"bands"`
}

type walk struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	Slot   int    `json:"slot"`
	Hollow bool   `json:"hollow,omitempty"`
	Faint  bool   `json:"faint,omitempty"`
	// Ended is how a walk ended before the run did, EndedAt its last step.
	Ended   string `json:"ended,omitempty"`
	EndedAt int    `json:"endedAt,omitempty"`
	At      short  `json:"at"`
	S       short  `json:"s"`
	T       short  `json:"t"`
	Off     short  `json:"off,omitempty"`
	Step    short  `json:"step"`
	Value   short  `json:"value"`
}

type band struct {
	Path  string `json:"d"`
	Major bool   `json:"major,omitempty"`
}

type ground struct {
	Range   short        `json:"range"`
	Axes    [2]string    `json:"axes"`
	Box     [2]int       `json:"box"`
	Bands   []band       `json:"bands"`
	Hatched string       `json:"hatched,omitempty"`
	Holes   int          `json:"holes,omitempty"`
	Tags    []figure.Tag `json:"tags"`
	Start   short        `json:"start,omitempty"`
	Minima  []minimum    `json:"minima"`
}

type minimum struct {
	At   short  `json:"at"`
	Text string `json:"text"`
}

type curve struct {
	Label string `json:"label"`
	Log   bool   `json:"log"`
	Range short  `json:"range"`
	Note  string `json:"note"`
}

type document struct {
	Title   string   `json:"title"`
	Desc    string   `json:"desc"`
	Steps   int      `json:"steps"`
	Open    int      `json:"open"`
	Dash    [9]short `json:"dash"`
	Corners [9]short `json:"corners"`
	Light   theme    `json:"light"`
	Dark    theme    `json:"dark"`
	Map     *ground  `json:"map"`
	Curve   curve    `json:"curve"`
	Walks   []walk   `json:"walks"`
}

// Write writes the replay of a figure's whole run.
func Write(w io.Writer, f *figure.Figure, about About) error {
	if err := f.Check(); err != nil {
		return err
	}
	d := document{Title: f.Title, Desc: f.Desc, Steps: f.Curve.Steps, Open: about.Open, Light: theme{Theme: figure.Light}, Dark: theme{Theme: figure.Dark}}
	for i, s := range figure.Styles {
		d.Dash[i], d.Corners[i] = append(short{}, s.Dash...), append(short{}, s.Corners...)
		d.Light.Methods[i], d.Dark.Methods[i] = s.Light, s.Dark
	}
	log, low, high, note := f.Scale()
	d.Curve = curve{f.Curve.Label, log, short{low, high}, note}
	if f.Map != nil {
		d.ground(f)
	}
	notes := append([]string{}, f.Notes...)
	if thinned := d.walks(f); thinned != "" {
		notes = append(notes, thinned)
	}
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	var told bytes.Buffer
	for _, n := range notes {
		fmt.Fprintf(&told, "<p>%s</p>", html.EscapeString(n))
	}
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	// The file may run its own script and nothing else, and asks nobody for anything.
	policy := "default-src 'none'; script-src " + hash(script) + "; style-src " + hash(style) + "; base-uri 'none'; form-action 'none'"
	_, err = strings.NewReplacer(
		"{{policy}}", policy, "{{title}}", html.EscapeString(f.Title), "{{lab}}", html.EscapeString(about.Lab), "{{link}}", html.EscapeString(about.Link),
		"{{version}}", html.EscapeString(about.Version), "{{desc}}", html.EscapeString(f.Desc), "{{notes}}", told.String(),
		"{{recipe}}", string(f.Recipe), "{{data}}", string(data), "{{style}}", style, "{{script}}", script,
	).WriteString(w, page)
	return err
}

// ground paints the map's shades for both themes.
func (d *document) ground(f *figure.Figure) {
	g := f.Map.Grid
	base, regions, hatched, tags := f.Regions(maxGround)
	d.Map = &ground{Range: g.Range[:], Axes: f.Map.Axes, Box: [2]int{figure.BoxWidth, figure.BoxHeight}, Bands: []band{}, Hatched: hatched, Holes: g.Holes, Tags: tags, Minima: []minimum{}}
	if d.Map.Tags == nil {
		d.Map.Tags = []figure.Tag{}
	}
	for dark, t := range map[bool]*theme{false: &d.Light, true: &d.Dark} {
		t.Base = figure.Shade(f.Ramp, dark, base)
		for _, r := range regions {
			t.Bands = append(t.Bands, figure.Shade(f.Ramp, dark, r.Height))
		}
	}
	for _, r := range regions {
		d.Map.Bands = append(d.Map.Bands, band{r.Path, r.Major})
	}
	if p := f.Map.Start; p != nil {
		d.Map.Start = p[:]
	}
	for _, m := range f.Map.Minima {
		d.Map.Minima = append(d.Map.Minima, minimum{m.At[:], figure.Number(m.Loss, 4)})
	}
}

// walks thins trails and curves, and says so.
func (d *document) walks(f *figure.Figure) string {
	most, kept := 0, 0
	pick := func(v []float64, at []int) short {
		out := make(short, len(at))
		for i, k := range at {
			out[i] = v[k]
		}
		return out
	}
	for i := range f.Walks {
		w := &f.Walks[i]
		out := walk{ID: w.ID, Label: w.Label, Slot: w.Slot, Hollow: w.Hollow, Faint: w.Faint, Ended: w.Ended, EndedAt: w.EndedAt}
		trail := figure.Thin(w.S, max(40, maxTrail/len(f.Walks)))
		curve := figure.Thin(w.Value, max(40, maxCurve/len(f.Walks)))
		out.At, out.S, out.T = pick(w.At, trail), pick(w.S, trail), pick(w.T, trail)
		if w.Off != nil {
			out.Off = pick(w.Off, trail)
			for k, v := range out.Off {
				out.Off[k] = math.Round(100*v) / 100
			}
		}
		out.Step, out.Value = pick(w.Step, curve), pick(w.Value, curve)
		d.Walks = append(d.Walks, out)
		for _, n := range [][2]int{{len(w.S), len(trail)}, {len(w.Value), len(curve)}} {
			if n[0] > n[1] && n[0] > most {
				most, kept = n[0], n[1]
			}
		}
	}
	if most == 0 {
		return ""
	}
	return fmt.Sprintf("Thinned to fit one file: of up to %s points of a walk %s are kept, the ends and every swing among them; between them lines are straight.", figure.Whole(most), figure.Whole(kept))
}
