package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"thalweg/sim"
	"thalweg/sim/data"
	"thalweg/sim/files"
	"thalweg/sim/param"
)

// The bounds of uploads that no flag changes.
const (
	// maxStored is how many bytes the directory of uploads may hold, maxStoredFiles how many files.
	maxStored      = 4 << 30
	maxStoredFiles = 4096
	// leftover is how old the piece of a file may be that an earlier server did not finish to write.
	leftover = time.Hour
	// partial begins the names of files that are being written.
	partial = ".upload-"
)

// uploads keeps the files that runs read: in memory while they are used, and in a directory if there is one.
type uploads struct {
	srv *Server
	now func() time.Time
	dir string // empty keeps nothing over restarts

	// loading is held while a file of dir is read for those who ask for it, so that few are in memory twice.
	loading sync.Mutex

	mu     sync.Mutex
	held   map[string]*upload
	weight int
	stored map[string]int64 // sizes of the files in dir, by name
	disk   int64
	made   map[string]int // new uploads of an address in the present minute
	minute time.Time
}

// An upload is a file with what it holds.
type upload struct {
	report *files.Report
	recipe *recipeMessage
	used   time.Time
}

// A recipeMessage is where the recipe of an export leads.
type recipeMessage struct {
	Link    string `json:"link"`
	Run     string `json:"run"`
	Version string `json:"version"`
	Step    *int   `json:"step,omitempty"`
}

func (s *Server) recipeMessage(r *sim.Recipe) *recipeMessage {
	return &recipeMessage{s.base + r.Link, r.ID, r.Version, r.Step}
}

// newUploads opens the directory, which is made when it is missing. Files in it are read, and held against their
// names, when somebody asks for them.
func newUploads(s *Server, dir string, now func() time.Time) (*uploads, error) {
	u := &uploads{srv: s, now: now, dir: dir, held: map[string]*upload{}, stored: map[string]int64{}, made: map[string]int{}}
	if dir == "" {
		return u, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, param.Refuse("data", "%v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, param.Refuse("data", "%v", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		switch {
		case param.IsFileID(e.Name()):
			u.stored[e.Name()] = info.Size()
			u.disk += info.Size()
		case strings.HasPrefix(e.Name(), partial) && now().Sub(info.ModTime()) > leftover:
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	return u, nil
}

// File implements sim.Files: it finds an upload and notes that it is used.
func (u *uploads) File(id string) (*param.File, bool) {
	k, ok := u.find(id)
	if !ok {
		return nil, false
	}
	return k.report.File, true
}

func (u *uploads) find(id string) (*upload, bool) {
	k, stored := u.look(id)
	if k != nil || !stored {
		return k, k != nil
	}
	u.loading.Lock()
	defer u.loading.Unlock()
	if k, _ := u.look(id); k != nil {
		return k, true // another one who asked for it was first
	}
	k, err := u.load(id, beside{u})
	if err == nil {
		err = u.hold(k)
	}
	if err != nil {
		u.unread(id, err)
		return nil, false
	}
	return k, true
}

// look finds an upload in memory and notes that it is used, or tells that the directory has it.
func (u *uploads) look(id string) (k *upload, stored bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if k = u.held[id]; k != nil {
		k.used = u.now()
	}
	_, stored = u.stored[id]
	return k, stored
}

func (u *uploads) unread(id string, err error) {
	u.srv.log.Warn("an upload cannot be read back", "file", filepath.Join(u.dir, id), "error", err)
}

// beside are the uploads that a file of the directory names in its recipe. They are read without their own recipes and
// not held, so that files which name one another are not in memory one inside the other.
type beside struct{ u *uploads }

// File implements sim.Files.
func (b beside) File(id string) (*param.File, bool) {
	k, stored := b.u.look(id)
	if k == nil && stored {
		var err error
		if k, err = b.u.load(id, nil); err != nil {
			b.u.unread(id, err)
		}
	}
	if k == nil {
		return nil, false
	}
	return k.report.File, true
}

// load reads a file of the directory, with the uploads that its recipe may name, and holds its bytes against its name.
func (u *uploads) load(id string, known sim.Files) (*upload, error) {
	f, err := os.Open(filepath.Join(u.dir, id))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, files.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	k, err := u.inspect(b, known)
	if err != nil {
		return nil, err
	}
	if k.report.File.ID != id {
		return nil, fmt.Errorf("its bytes have another SHA-256: %s", k.report.File.ID)
	}
	return k, nil
}

func (u *uploads) inspect(b []byte, known sim.Files) (*upload, error) {
	r, recipe, err := sim.Inspect(b, u.srv.labs, known)
	if err != nil {
		return nil, err
	}
	k := &upload{report: r}
	if recipe != nil {
		k.recipe = u.srv.recipeMessage(recipe)
	}
	return k, nil
}

// hold keeps an upload in memory. Where there is no room, those that no run uses go first, the longest unused before
// the others.
func (u *uploads) hold(k *upload) error {
	used := u.used()
	u.mu.Lock()
	defer u.mu.Unlock()
	k.used = u.now()
	id := k.report.File.ID
	if _, ok := u.held[id]; ok {
		u.held[id].used = k.used
		return nil
	}
	for len(u.held) >= u.srv.limits.Uploads || u.weight+k.report.Weight > u.srv.limits.UploadBytes {
		oldest := ""
		for id, o := range u.held {
			if !used[id] && (oldest == "" || o.used.Before(u.held[oldest].used)) {
				oldest = id
			}
		}
		if oldest == "" {
			return refuse(http.StatusServiceUnavailable, "all uploads are in use", "the server holds at most %d uploads of %d bytes in all; try again when a run has ended", u.srv.limits.Uploads, u.srv.limits.UploadBytes)
		}
		u.forget(oldest)
	}
	u.held[id] = k
	u.weight += k.report.Weight
	return nil
}

func (u *uploads) forget(id string) {
	u.weight -= u.held[id].report.Weight
	delete(u.held, id)
}

// used lists the uploads that runs read.
func (u *uploads) used() map[string]bool {
	out := map[string]bool{}
	for _, r := range u.srv.runs.list() {
		for id := range r.run.Spec.Files() {
			out[id] = true
		}
	}
	return out
}

// sweep drops what nobody used for long. A run keeps its files.
func (u *uploads) sweep() {
	used := u.used()
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.now()
	for id, k := range u.held {
		if used[id] {
			k.used = now
		}
		if now.Sub(k.used) >= u.srv.limits.KeepUploads {
			u.forget(id)
		}
	}
}

// keep takes an upload in, into the directory too.
func (u *uploads) keep(k *upload) error {
	if err := u.store(k.report.File); err != nil {
		return err
	}
	return u.hold(k)
}

// adopt takes in the files of a recipe that are not here yet, and counts them against the address that sent it.
func (u *uploads) adopt(own sim.Uploads, address string) error {
	for id, f := range own {
		if _, ok := u.find(id); ok {
			continue
		}
		if err := u.allow(address); err != nil {
			return err
		}
		k, err := u.inspect(f.Bytes, u)
		if err == nil {
			err = u.keep(k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// store writes a file into the directory: whole under its name, or not at all.
func (u *uploads) store(f *param.File) error {
	if u.dir == "" {
		return nil
	}
	size := int64(len(f.Bytes))
	u.mu.Lock()
	if have, ok := u.stored[f.ID]; ok && have == size {
		u.mu.Unlock()
		if _, err := u.load(f.ID, beside{u}); err == nil {
			return nil
		}
		u.mu.Lock() // what stands there is damaged
	}
	full := len(u.stored) >= maxStoredFiles || u.disk+size > maxStored
	u.mu.Unlock()
	if full {
		return refuse(http.StatusInsufficientStorage, "the directory of uploads is full", "it holds at most %d files of %d bytes in all; remove some that are not needed", maxStoredFiles, int64(maxStored))
	}
	t, err := os.CreateTemp(u.dir, partial+"*")
	if err != nil {
		return err
	}
	defer os.Remove(t.Name())
	_, err = t.Write(f.Bytes)
	if err := errors.Join(err, t.Sync(), t.Close()); err != nil {
		return err
	}
	if err := os.Rename(t.Name(), filepath.Join(u.dir, f.ID)); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.disk += size - u.stored[f.ID]
	u.stored[f.ID] = size
	return nil
}

// allow counts a new upload against the address that makes it.
func (u *uploads) allow(address string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if now := u.now(); now.Sub(u.minute) >= time.Minute {
		u.minute = now
		clear(u.made)
	}
	if u.made[address] >= u.srv.limits.NewUploads {
		return refuse(http.StatusTooManyRequests, "too many uploads", "%d uploads a minute are taken from one address", u.srv.limits.NewUploads)
	}
	u.made[address]++
	return nil
}

// An uploadMessage is what POST /api/uploads and GET /api/uploads/{id} answer.
type uploadMessage struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// Summary is null for a snapshot.
	Summary  any            `json:"summary"`
	Problems []data.Fault   `json:"problems"`
	More     int            `json:"more"` // problems that are not listed
	Recipe   *recipeMessage `json:"recipe,omitempty"`
	// Stored says whether the file outlasts the server.
	Stored bool `json:"stored"`
}

func (u *uploads) message(k *upload) uploadMessage {
	r := k.report
	m := uploadMessage{ID: r.File.ID, Kind: r.File.Kind, Summary: r.Summary, Problems: r.Problems, More: r.More, Recipe: k.recipe, Stored: u.dir != ""}
	if m.Problems == nil {
		m.Problems = []data.Fault{}
	}
	return m
}

// apiUpload takes a file in and says what it holds.
func (s *Server) apiUpload(c echo.Context) error {
	if err := s.uploads.allow(addressOf(c.Request().RemoteAddr)); err != nil {
		return err
	}
	ctx, cancel := s.patient(c)
	defer cancel()
	b, done, err := s.readFile(ctx, c)
	if err != nil {
		return err
	}
	defer done()
	k, err := s.uploads.inspect(b, s.uploads)
	if err != nil {
		return fileProblem(err)
	}
	if err := s.uploads.keep(k); err != nil {
		return err
	}
	c.Response().Header().Set("Location", s.base+"/api/uploads/"+k.report.File.ID)
	return c.JSON(http.StatusCreated, s.uploads.message(k))
}

// apiUploaded tells again what a file holds.
func (s *Server) apiUploaded(c echo.Context) error {
	id := c.Param("id")
	if k, ok := s.uploads.find(id); ok {
		return c.JSON(http.StatusOK, s.uploads.message(k))
	}
	return refuse(http.StatusNotFound, "no such upload", "the file %.12s… is not here, or nobody has used it for long: drop it again", id)
}

// readFile reads a file that a request sends. Few are read at once, for they are held whole: done makes room.
func (s *Server) readFile(ctx context.Context, c echo.Context) (b []byte, done func(), err error) {
	select {
	case s.reading <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("others are being read: %w", ctx.Err())
	}
	var buffer bytes.Buffer
	if n := c.Request().ContentLength; n > 0 && n <= files.MaxBytes {
		buffer.Grow(int(n) + bytes.MinRead)
	}
	if _, err := io.Copy(&buffer, c.Request().Body); err != nil {
		<-s.reading
		return nil, nil, err
	}
	return buffer.Bytes(), func() { <-s.reading }, nil
}

// fileProblem gives a refused file its place in HTTP.
func fileProblem(err error) error {
	var unknown *files.Unknown
	var large *files.TooLarge
	var path *fs.PathError
	switch {
	case len(param.Faults(err)) > 0 || errors.As(err, &path):
		return err
	case errors.As(err, &unknown):
		return refuse(http.StatusUnsupportedMediaType, "this kind of file is not read", "%v", err)
	case errors.As(err, &large):
		return refuse(http.StatusRequestEntityTooLarge, "the file is too large", "%v", err)
	}
	return param.Refuse("file", "%v", err)
}
