package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"thalweg/sim/files"
	"thalweg/sim/param"
	"thalweg/templates"
)

// maxBody is the largest body of a request: a spec, or points to probe.
const maxBody = 64 << 10

// routes lists all that can be asked for.
func (s *Server) routes() {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.failure
	e.Pre(s.around)
	g := e.Group(s.base)
	g.GET("/", s.gallery)
	if s.base != "" {
		g.GET("", func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, s.base+"/") })
	}
	g.GET("/lab/:id", s.labPage)
	g.GET("/embed/:id", s.embedPage)
	g.GET("/thumb/:file", s.thumb)
	g.GET("/hero.svg", s.hero)
	g.GET("/api/labs", s.apiLabs)
	g.GET("/api/labs/:id", s.apiLab)
	g.POST("/api/runs", s.apiOpen)
	g.GET("/api/runs/:id", s.apiRun)
	g.GET("/api/runs/:id/export", s.apiExport)
	g.GET("/api/runs/:id/recipe", s.apiRecipeOf)
	g.POST("/api/recipe", s.apiRecipe)
	g.POST("/api/uploads", s.apiUpload)
	g.GET("/api/uploads/:id", s.apiUploaded)
	g.GET("/api/runs/:id/minimum", s.apiMinimum)
	g.GET("/api/runs/:id/heights", s.apiHeights)
	g.GET("/api/runs/:id/readings", s.apiReadings)
	g.GET("/api/runs/:id/step", s.apiStep)
	g.POST("/api/verify", s.apiVerify)
	g.POST("/api/probe", s.apiProbe)
	g.POST("/api/formula", s.apiFormula)
	g.GET("/ws", s.websocket)
	g.GET("/healthz", s.health)
	g.GET("/metrics", s.prometheus)
	g.GET("/static/:hash/*", s.static)
	g.GET("/favicon.ico", s.favicon)
	s.web = e
}

// around is done for every request: bounds, headers, the log, and the panics.
func (s *Server) around(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		start := time.Now()
		r := c.Request()
		h := c.Response().Header()
		s.guard(r.URL.Path, h)
		most := int64(maxBody)
		if r.URL.Path == s.base+"/api/recipe" || r.URL.Path == s.base+"/api/uploads" {
			most = files.MaxBytes
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, most)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.metrics.panics.Inc()
				s.log.Error("request failed", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				c.Error(errInternal)
				err = nil
			}
			s.metrics.requests.Inc()
			if r.URL.Path != s.base+"/ws" {
				s.metrics.request.UpdateDuration(start)
			}
			s.log.Info("request", "method", r.Method, "path", r.URL.Path, "status", c.Response().Status, "bytes", c.Response().Size, "seconds", time.Since(start).Seconds())
		}()
		if err := next(c); err != nil {
			c.Error(err)
		}
		return nil
	}
}

// guard sets the headers that bound what a page may do. Files of pages do nothing by themselves; theirs are short,
// because a page loads many.
func (s *Server) guard(path string, h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if strings.HasPrefix(path, s.base+"/static/") {
		h.Set("Content-Security-Policy", "default-src 'none'")
		return
	}
	ancestors := "'none'"
	if strings.HasPrefix(path, s.base+"/embed/") {
		ancestors = "*"
	} else {
		h.Set("X-Frame-Options", "DENY")
	}
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self'; "+
		"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors "+ancestors)
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// failure answers a request that went wrong: problem details for programs, a page for people.
func (s *Server) failure(err error, c echo.Context) {
	if c.Response().Committed {
		s.log.Warn("answer cut short", "path", c.Request().URL.Path, "error", err)
		return
	}
	p := s.problem(err, c)
	if p.Status >= 500 && p.Status != http.StatusServiceUnavailable {
		s.log.Error("request failed", "path", c.Request().URL.Path, "error", err)
	}
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		c.Response().Header().Set("Retry-After", "10")
	}
	if s.forPrograms(c.Request().URL.Path) {
		writeProblem(c.Response(), p)
		return
	}
	if err := s.page(c, p.Status, templates.Problem(s.shell(c, p.Title), p.Status, p.Title, p.Detail)); err != nil {
		s.log.Error("problem page failed", "error", err)
		writeProblem(c.Response(), p)
	}
}

func (s *Server) problem(err error, c echo.Context) problem {
	var web *echo.HTTPError
	if !errors.As(err, &web) {
		return problemOf(err)
	}
	p := problem{Type: "about:blank", Status: web.Code, Title: strings.ToLower(http.StatusText(web.Code)), Detail: fmt.Sprint(web.Message)}
	switch web.Code {
	case http.StatusNotFound:
		p.Detail = fmt.Sprintf("there is nothing at %.100s", c.Request().URL.Path)
	case http.StatusMethodNotAllowed:
		p.Detail = fmt.Sprintf("%.100s does not take %.20s; it takes %s", c.Request().URL.Path, c.Request().Method, c.Response().Header().Get("Allow"))
	}
	return p
}

// forPrograms reports whether a path is read by programs.
func (s *Server) forPrograms(path string) bool {
	path = strings.TrimPrefix(path, s.base)
	for _, prefix := range []string{"/api/", "/ws", "/healthz", "/metrics", "/static/", "/thumb/", "/hero.svg", "/favicon.ico"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// page renders a component into memory first, so that a failure cannot send half a page.
func (s *Server) page(c echo.Context, status int, component templ.Component) error {
	var b bytes.Buffer
	if err := component.Render(c.Request().Context(), &b); err != nil {
		return fmt.Errorf("render %s: %w", c.Request().URL.Path, err)
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	f, err := newAsset(echo.MIMETextHTMLCharsetUTF8, b.Bytes())
	if err != nil {
		return err
	}
	return f.sendAs(c, status)
}

// shell is what every page has in common.
func (s *Server) shell(c echo.Context, title string) templates.Page {
	theme := c.QueryParam("theme")
	if theme != "light" && theme != "dark" {
		theme = ""
	}
	return templates.Page{Base: s.base, Assets: s.base + "/static/" + s.assets.hash, Title: title, Theme: theme}
}

func (s *Server) gallery(c echo.Context) error {
	page := s.shell(c, "Thalweg")
	s.heroJob()
	cards := make([]templates.Card, len(s.labs))
	for i, l := range s.labs {
		preset := ""
		if len(l.Presets) > 0 {
			preset = l.Presets[0].ID
		}
		formula := slices.ContainsFunc(l.Controls, func(k param.Control) bool {
			return k.ID == "problem" && slices.ContainsFunc(k.Choices, func(o param.Choice) bool { return o.ID == "formula" })
		})
		cards[i] = templates.Card{ID: l.ID, Preset: preset, Formula: formula, Title: l.Title, Question: l.Question, Source: l.Source, Claims: len(l.Claims), Thumb: s.base + "/thumb/" + l.ID + ".svg"}
		s.thumbs.of(l)
	}
	return s.page(c, http.StatusOK, templates.Gallery(page, cards))
}

func (s *Server) labPage(c echo.Context) error   { return s.showLab(c, false) }
func (s *Server) embedPage(c echo.Context) error { return s.showLab(c, true) }

func (s *Server) showLab(c echo.Context, embed bool) error {
	l, err := s.lab(c.Param("id"))
	if err != nil {
		return err
	}
	cite := l.Source
	if p := l.Paper; p != nil {
		cite = fmt.Sprintf("%s (%d)", p.Authors, p.Year)
		if p.ArXiv != "" {
			cite += ", arXiv:" + p.ArXiv
		}
	}
	return s.page(c, http.StatusOK, templates.Lab(s.shell(c, l.Title+" — Thalweg"), templates.Shell{ID: l.ID, Title: l.Title, Citation: cite, Embed: embed}))
}

func (s *Server) health(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]any{"status": "ok", "version": s.version, "runs": s.runs.count(), "connections": s.connections()})
}

func (s *Server) prometheus(c echo.Context) error {
	var b bytes.Buffer
	s.metrics.write(&b)
	return c.Blob(http.StatusOK, "text/plain; version=0.0.4; charset=utf-8", b.Bytes())
}

// websocket serves a page's stream until it ends.
func (s *Server) websocket(c echo.Context) error {
	s.mu.Lock()
	if s.closed || len(s.conns)+s.asking >= s.limits.Connections {
		full := !s.closed
		s.mu.Unlock()
		if !full {
			return errStopped
		}
		return refuse(http.StatusServiceUnavailable, "too many connections", "at most %d pages are served at once", s.limits.Connections)
	}
	s.asking++
	s.all.Add(1)
	s.mu.Unlock()
	defer s.all.Done()
	conn, err := s.upgrade(c.Response(), c.Request())
	s.mu.Lock()
	s.asking--
	closed := s.closed
	if err == nil {
		s.conns[conn] = struct{}{}
	}
	s.mu.Unlock()
	if err != nil {
		return nil // the handshake has answered
	}
	if closed {
		conn.out.finish(closeGoingAway, "the server is stopping")
	}
	defer func() {
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
	}()
	conn.serve()
	return nil
}

// patient gives a request that waits for computations more time than the rest, and an end.
func (s *Server) patient(c echo.Context) (context.Context, context.CancelFunc) {
	control := http.NewResponseController(c.Response())
	control.SetWriteDeadline(time.Now().Add(s.limits.Request + writeTime))
	ctx, cancel := context.WithTimeout(c.Request().Context(), s.limits.Request)
	stop := context.AfterFunc(s.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}
