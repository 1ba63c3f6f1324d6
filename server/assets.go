package server

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"thalweg/static"
)

// assets are the files of the pages, compressed once, under a path that changes with their content.
type assets struct {
	hash  string
	files map[string]asset
}

type asset struct {
	kind         string
	plain, small []byte // small is nil where compressing gains little
}

// worthwhile is the share of its size that a compressed file may have at most.
const worthwhile = 0.9

func newAssets() (*assets, error) {
	a := &assets{hash: static.Hash(), files: map[string]asset{}}
	err := fs.WalkDir(static.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(static.FS, name)
		if err != nil {
			return err
		}
		a.files[name], err = newAsset(kindOf(name), data)
		return err
	})
	return a, err
}

// newAsset compresses data where that pays.
func newAsset(kind string, data []byte) (asset, error) {
	f := asset{kind: kind, plain: data}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return f, err
	}
	if _, err := z.Write(data); err != nil {
		return f, err
	}
	if err := z.Close(); err != nil {
		return f, err
	}
	if float64(b.Len()) < worthwhile*float64(len(data)) {
		f.small = b.Bytes()
	}
	return f, nil
}

// kindOf names the type of a file; those that pages depend on do not depend on the machine's tables.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".ico":
		return "image/x-icon"
	case ".json", ".map":
		return "application/json"
	case ".md", ".txt":
		return "text/plain; charset=utf-8"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func (s *Server) static(c echo.Context) error {
	f, ok := s.assets.files[c.Param("*")]
	if !ok {
		return echo.ErrNotFound
	}
	cache := "public, max-age=31536000, immutable"
	if c.Param("hash") != s.assets.hash {
		cache = "no-store" // a page of another version; what it gets must not stay
	}
	c.Response().Header().Set("Cache-Control", cache)
	return f.send(c)
}

func (s *Server) favicon(c echo.Context) error {
	for _, name := range []string{"favicon.ico", "favicon.svg", "img/favicon.svg"} {
		if f, ok := s.assets.files[name]; ok {
			c.Response().Header().Set("Cache-Control", "public, max-age=86400")
			return f.send(c)
		}
	}
	return c.NoContent(http.StatusNoContent)
}

func (f asset) send(c echo.Context) error { return f.sendAs(c, http.StatusOK) }

// sendAs answers with a status, compressed where the client takes it.
func (f asset) sendAs(c echo.Context, status int) error {
	data := f.plain
	if f.small != nil {
		c.Response().Header().Set("Vary", "Accept-Encoding")
		if strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
			c.Response().Header().Set("Content-Encoding", "gzip")
			data = f.small
		}
	}
	return c.Blob(status, f.kind, data)
}
