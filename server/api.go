package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/param"
)

func (s *Server) apiLabs(c echo.Context) error { return s.document(c, sim.Schema(s.labs)) }

// document answers with a large JSON document, compressed where that is taken.
func (s *Server) document(c echo.Context, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := newAsset(echo.MIMEApplicationJSON, append(data, '\n'))
	if err != nil {
		return err
	}
	return f.send(c)
}

func (s *Server) apiLab(c echo.Context) error {
	l, err := s.lab(c.Param("id"))
	if err != nil {
		return err
	}
	return s.document(c, l.Schema())
}

// draft reads a spec, or {"link": …}, from the body of a request.
func draft(data []byte) (sim.Draft, error) {
	var only struct {
		Link *string `json:"link"`
	}
	if json.Unmarshal(data, &only) == nil && only.Link != nil {
		return sim.ParseLink(*only.Link)
	}
	return sim.DecodeDraft(data)
}

// apiOpen opens a run without starting it.
func (s *Server) apiOpen(c echo.Context) error {
	data, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	d, err := draft(data)
	if err != nil {
		return err
	}
	spec, err := s.resolve(d)
	if err != nil {
		return err
	}
	r, err := s.runs.open(c.Request().Context(), spec, nil, addressOf(c.Request().RemoteAddr))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", s.base+"/api/runs/"+r.run.ID)
	return c.JSON(http.StatusCreated, map[string]string{"id": r.run.ID, "link": s.base + spec.Link()})
}

// A runState is what GET /api/runs/{id} tells.
type runState struct {
	ID       string         `json:"id"`
	Lab      string         `json:"lab"`
	Link     string         `json:"link"`
	State    string         `json:"state"`
	Computed int            `json:"computed"`
	Steps    int            `json:"steps"`
	Viewers  int            `json:"viewers"`
	Parent   string         `json:"parent,omitempty"`
	Methods  []stateMethod  `json:"methods"`
	Claims   []claimMessage `json:"claims"`
	Spec     *sim.Spec      `json:"spec"`
}

func (s *Server) findRun(c echo.Context) (*live, error) {
	r, ok := s.runs.find(c.Param("id"))
	if !ok {
		return nil, refuse(http.StatusNotFound, "no such run", "run %.40q is not known, or nobody has watched it for a while; its link opens it again", c.Param("id"))
	}
	return r, nil
}

func (s *Server) apiRun(c echo.Context) error {
	r, err := s.findRun(c)
	if err != nil {
		return err
	}
	spec := r.run.Spec
	st := runState{ID: r.run.ID, Lab: spec.Lab.ID, Link: s.base + spec.Link(), State: r.state(), Computed: int(r.computed.Load()), Steps: spec.Steps,
		Parent: r.run.Parent, Methods: r.walks(), Claims: []claimMessage{}, Spec: spec}
	r.mu.Lock()
	st.Viewers = len(r.viewers)
	for _, k := range r.claims {
		st.Claims = append(st.Claims, claimMessage{1, "claim", r.run.ID, k.claim.ID, k.verdict, k.claim.Want, k.got, k.step})
	}
	r.mu.Unlock()
	return c.JSON(http.StatusOK, st)
}

// maxPolish is the dimension up to which a minimum is polished with the dense Hessian.
const maxPolish = 200

// A minimum is where a descent would end, found by Newton's method from its last point.
type minimum struct {
	Run         string    `json:"run"`
	Method      string    `json:"method"`
	X           []float64 `json:"x"`
	Loss        *float64  `json:"loss"`
	Gradient    *float64  `json:"gradient"`
	Converged   bool      `json:"converged"`
	Label       string    `json:"label"`
	Index       int       `json:"index"`
	Eigenvalues []float64 `json:"eigenvalues"`
	Distance    float64   `json:"distance"` // from the method's last point
}

func (s *Server) apiMinimum(c echo.Context) error {
	r, err := s.findRun(c)
	if err != nil {
		return err
	}
	ctx, cancel := s.patient(c)
	defer cancel()
	t, err := r.finish(ctx)
	if err != nil {
		return err
	}
	id := c.QueryParam("method")
	if id == "" {
		id = t.Methods[0].ID
	}
	m := t.Method(id)
	if m == nil {
		return param.Refuse("method", "this run has no method %.40q", id)
	}
	if m.Dim > maxPolish {
		return refuse(http.StatusUnprocessableEntity, "the ground is too large", "minima are polished up to dimension %d; this ground has %d", maxPolish, m.Dim)
	}
	shared, end, err := s.core.share(ctx)
	if err != nil {
		return err
	}
	defer end()
	p, err := landscape.Polish(shared, landscape.AsCurved(m.Ground), m.End())
	if err != nil {
		return err
	}
	out := minimum{Run: r.run.ID, Method: id, X: p.X, Loss: number(p.Loss), Gradient: number(p.GradNorm), Converged: p.Converged, Label: p.Label(), Index: p.Index,
		Eigenvalues: []float64{}, Distance: landscape.Distance(p.X, m.End())}
	for _, v := range p.Eigenvalues {
		if number(v) != nil {
			out.Eigenvalues = append(out.Eigenvalues, v)
		}
	}
	if !landscape.Finite(p.X) {
		return refuse(http.StatusUnprocessableEntity, "no critical point was found", "Newton's method left the finite numbers from the end of %s", id)
	}
	return c.JSON(http.StatusOK, out)
}

// number is nil where JSON has no number.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// A verdicts document is what POST /api/verify and thalweg verify answer.
type verdicts struct {
	Schema   int             `json:"schema"`
	Verdicts []sim.Judgement `json:"verdicts"`
	Holds    int             `json:"holds"`
	Fails    int             `json:"fails"`
}

// apiVerify judges claims of a lab: those named, those of a preset, or all that take no more than moments.
func (s *Server) apiVerify(c echo.Context) error {
	data, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	var ask struct {
		Lab    string   `json:"lab"`
		Claims []string `json:"claims"`
		Preset string   `json:"preset"`
		Long   bool     `json:"long"`
		Seed   *uint64  `json:"seed"`
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&ask); err != nil {
		return param.Refuse("body", "is not {\"lab\", \"claims\"?, \"preset\"?, \"long\"?, \"seed\"?}: %v", err)
	}
	l, err := s.lab(ask.Lab)
	if err != nil {
		return param.Refuse("lab", "%.40q is not a lab of this server", ask.Lab)
	}
	if ask.Preset != "" {
		p, ok := l.Preset(ask.Preset)
		if !ok {
			return param.Refuse("preset", "lab %s has no preset %.40q", l.ID, ask.Preset)
		}
		ask.Preset = p.ID
	}
	var claims []*sim.Claim
	for _, id := range ask.Claims {
		claim, ok := l.Claim(id)
		if !ok {
			return param.Refuse("claims", "lab %s has no claim %.40q", l.ID, id)
		}
		claims = append(claims, claim)
	}
	if ask.Claims == nil {
		for i := range l.Claims {
			if k := &l.Claims[i]; (!k.Long || ask.Long) && (ask.Preset == "" || k.Preset == ask.Preset) {
				claims = append(claims, k)
			}
		}
	}
	ctx, cancel := s.patient(c)
	defer cancel()
	select {
	case s.judging <- struct{}{}:
		defer func() { <-s.judging }()
	case <-ctx.Done():
		return fmt.Errorf("others are being judged: %w", ctx.Err())
	}
	out := verdicts{Schema: 1, Verdicts: []sim.Judgement{}}
	for _, k := range claims {
		j, err := s.verify(ctx, l, k, ask.Seed)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", l.ID, k.ID, err)
		}
		switch j.Verdict {
		case sim.Holds:
			out.Holds++
		case sim.Unjudged:
		default:
			out.Fails++
		}
		out.Verdicts = append(out.Verdicts, j)
	}
	return c.JSON(http.StatusOK, out)
}

// apiProbe measures the ground of a spec at points: {"spec": {…} or "link": …, "x": […], "v": […]?, "what": […]?}.
func (s *Server) apiProbe(c echo.Context) error {
	data, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	var ask struct {
		Spec json.RawMessage `json:"spec"`
		Link string          `json:"link"`
		Lab  string          `json:"lab"`
		X    [][]float64     `json:"x"`
		V    [][]float64     `json:"v"`
		What []string        `json:"what"`
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&ask); err != nil {
		return param.Refuse("body", "is not {\"spec\" or \"link\" or \"lab\", \"x\", \"v\"?, \"what\"?}: %v", err)
	}
	var d sim.Draft
	switch {
	case ask.Link != "":
		d, err = sim.ParseLink(ask.Link)
	case len(ask.Spec) > 0:
		d, err = sim.DecodeDraft(ask.Spec)
	default:
		d.Lab = ask.Lab
	}
	if err != nil {
		return err
	}
	if len(ask.X) == 0 {
		return param.Refuse("x", "holds no point")
	}
	spec, err := s.resolve(d)
	if err != nil {
		return err
	}
	ctx, cancel := s.patient(c)
	defer cancel()
	shared, end, err := s.core.share(ctx)
	if err != nil {
		return err
	}
	defer end()
	doc, err := sim.Probe(shared, spec, ask.X, ask.V, ask.What)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, doc)
}

// thumb serves the small picture of a lab.
func (s *Server) thumb(c echo.Context) error {
	id, ok := strings.CutSuffix(c.Param("file"), ".svg")
	if !ok {
		return echo.ErrNotFound
	}
	l, err := s.lab(id)
	if err != nil {
		return err
	}
	return s.sendPicture(c, s.thumbs.of(l))
}

// sendPicture answers with a picture in the theme that is asked for.
func (s *Server) sendPicture(c echo.Context, job *thumbJob) error {
	theme := c.QueryParam("theme")
	if theme == "" {
		theme = "light"
	}
	if !slices.Contains([]string{"light", "dark"}, theme) {
		return param.Refuse("theme", "%.20q is neither light nor dark", theme)
	}
	ctx, cancel := s.patient(c)
	defer cancel()
	svg, err := job.get(ctx, theme)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=3600")
	return svg.send(c)
}
