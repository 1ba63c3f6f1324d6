package labs_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"testing"

	"thalweg/sim"
	"thalweg/sim/labs"
)

// Every preset fits the sizes that papers and mail bear, and its files lead back to it.
func TestFiguresOfPresets(t *testing.T) {
	if testing.Short() {
		t.Skip("plays every preset")
	}
	for _, l := range labs.All {
		for _, p := range l.Presets {
			t.Run(l.ID+"/"+p.ID, func(t *testing.T) {
				t.Parallel()
				d := sim.Draft{Preset: p.ID}
				fewRows(l, &d)
				spec, err := l.Resolve(d)
				if err != nil {
					t.Fatal(err)
				}
				// A costly run is cut short: its lines are no different for it.
				run, err := sim.NewRun(spec)
				if err != nil {
					t.Fatal(err)
				}
				if most := int(1e9 / (run.Cost() + 1)); spec.Steps > most {
					most = max(20, most)
					d.Steps = &most
					if spec, err = l.Resolve(d); err != nil {
						t.Fatal(err)
					}
				}
				trace, err := sim.Play(context.Background(), spec, nil)
				if err != nil {
					t.Fatal(err)
				}
				step := spec.Steps / 2
				for format, most := range map[string]int{"svg": 500_000, "pgf": 1_500_000, "html": 2_000_000} {
					var b bytes.Buffer
					if err := sim.Export(context.Background(), &b, format, trace, sim.ExportOptions{Step: &step}); err != nil {
						t.Fatalf("%s: %v", format, err)
					}
					if b.Len() >= most {
						t.Errorf("%s has %d bytes, want fewer than %d", format, b.Len(), most)
					}
					r, err := sim.ReadRecipe(b.Bytes(), labs.All, nil)
					if err != nil || r.ID != spec.ID() || r.Step == nil || *r.Step != step {
						t.Errorf("the recipe of %s leads to run %s at %v (%v), want %s at %d", format, r.ID, r.Step, err, spec.ID(), step)
					}
					if format != "svg" {
						continue
					}
					for d := xml.NewDecoder(&b); ; {
						if _, err := d.Token(); err == io.EOF {
							break
						} else if err != nil {
							t.Fatalf("the SVG is not well-formed: %v", err)
						}
					}
				}
			})
		}
	}
}
