// Thalweg shows loss landscapes and what moves on them: a server for the browser, and the same runs, claims and
// exports on the command line.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/schollz/progressbar/v3"

	"thalweg/server"
	"thalweg/sim"
	"thalweg/sim/bench"
	"thalweg/sim/explore"
	"thalweg/sim/labs"
	"thalweg/sim/param"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

type commands struct {
	Serve   serveCmd   `cmd:"" default:"withargs" help:"Serve the pages (the default)."`
	Labs    labsCmd    `cmd:"" help:"List the labs with their controls, methods, measures, presets and claims."`
	Run     runCmd     `cmd:"" help:"Play a spec without a page and write what it recorded."`
	Verify  verifyCmd  `cmd:"" help:"Play the presets and judge their claims; exit 1 if one does not hold."`
	Probe   probeCmd   `cmd:"" help:"Measure a lab's ground at given points."`
	Explore exploreCmd `cmd:"" help:"Explore the ground of a played spec: critical points, basins, paths, lines, spectra; JSON on standard output."`
	Bench   benchCmd   `cmd:"" help:"Measure workloads; one JSON line each."`
	Version versionCmd `cmd:"" help:"Print version, Go version and architecture."`
}

// std is where a command writes: its document to out, notes and progress to notes.
type std struct{ out, notes io.Writer }

// run is the program: it returns 0, 1 for a failure, or 2 for a wrong command line.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	var cmds commands
	exited := false
	parser := kong.Must(&cmds, kong.Name("thalweg"), kong.Description("Loss landscapes and what moves on them."),
		kong.Writers(stdout, stderr), kong.Vars{"tools": strings.Join(explore.Tools(), ", ")}, kong.Exit(func(code int) { exited, status = true, code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std{stdout, stderr}), kong.UsageOnError())
	parsed, err := parser.Parse(args)
	if exited {
		return status
	}
	if err == nil {
		if err = sim.Validate(labs.All); err == nil {
			err = parsed.Run()
		}
		if err == nil || errors.Is(err, errSaid) {
			if err != nil {
				return 1
			}
			return 0
		}
		status = 1
		if len(param.Faults(err)) > 0 {
			status = 2
		}
	} else {
		status = 2
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Fprintln(stderr, "thalweg:", line)
	}
	return status
}

// errSaid ends a command that has already said what failed.
var errSaid = errors.New("said")

type serveCmd struct {
	Addr string `default:"127.0.0.1:8080" help:"Address to listen on."`
	Base string `help:"Path prefix under which all pages live, such as /thalweg."`
	Open bool   `help:"Open the page in a browser."`
	LAN  bool   `name:"lan" help:"Listen on all interfaces, for a class on this network."`
	Data string `placeholder:"DIR" help:"Directory that keeps uploaded files over restarts; without it they are kept in memory for an hour."`
}

func (c *serveCmd) Run(ctx context.Context, s std) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return param.Refuse("addr", "%v; want host:port", err)
	}
	if c.LAN {
		host = "0.0.0.0"
	}
	addr := net.JoinHostPort(host, port)
	ln, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) && c.Addr == "127.0.0.1:8080" {
		fmt.Fprintf(s.notes, "thalweg: port %s is taken, using the next free one\n", port)
		for p := 8081; err != nil && p < 8200; p++ {
			ln, err = net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(p)))
		}
	}
	if err != nil {
		return err
	}
	srv, err := server.New(server.Options{
		Labs: labs.All, Version: sim.Version(), Base: c.Base, Data: c.Data,
		Log: slog.New(slog.NewTextHandler(s.notes, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		ln.Close()
		return err
	}
	_, port, _ = net.SplitHostPort(ln.Addr().String())
	hosts := []string{host}
	if host == "0.0.0.0" || host == "::" || host == "" {
		hosts = append([]string{"127.0.0.1"}, lanAddresses()...)
	}
	base := strings.TrimSuffix(c.Base, "/") + "/"
	for _, h := range hosts {
		fmt.Fprintf(s.out, "thalweg: listening on http://%s%s\n", net.JoinHostPort(h, port), base)
	}
	if c.Open {
		openBrowser("http://" + net.JoinHostPort(hosts[0], port) + base)
	}
	return srv.Serve(ctx, ln)
}

func lanAddresses() []string {
	var out []string
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			out = append(out, n.IP.String())
		}
	}
	return out
}

func openBrowser(url string) {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	exec.Command(name, args...).Start()
}

type labsCmd struct {
	JSON bool `name:"json" help:"Print the whole schema as JSON."`
}

func (c *labsCmd) Run(s std) error {
	if c.JSON {
		b, err := json.Marshal(sim.Schema(labs.All))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%s\n", b)
		return err
	}
	for _, l := range labs.All {
		fmt.Fprintf(s.out, "%-20s %s\n", l.ID, l.Title)
		fmt.Fprintf(s.out, "%-20s %s\n", "", l.Summary)
		for _, p := range l.Presets {
			fmt.Fprintf(s.out, "  %-18s %s\n", p.ID, p.Title)
		}
	}
	return nil
}

func lab(id string) (*sim.Lab, error) {
	ids := make([]string, len(labs.All))
	for i, l := range labs.All {
		if l.ID == id {
			return l, nil
		}
		ids[i] = l.ID
	}
	return nil, param.Refuse("lab", "%q is not one of %s", id, strings.Join(ids, ", "))
}

// specFlags are the flags that make a spec.
type specFlags struct {
	Preset  string   `help:"Preset to start from."`
	Set     []string `sep:"none" placeholder:"NAME=VALUE" help:"Set a control; repeatable. Of a control that takes files, @FILE uploads one."`
	Methods *string  `placeholder:"M;M" help:"Methods, as 'gd:step-size=0.1;slow=adam:step-size=1e-4'."`
	Move    []string `sep:"none" placeholder:"STEP:NAME=VALUE" help:"Turn a live control at a step; repeatable."`
	Seed    *uint64  `help:"Seed, 0 to 2^53-1."`
	Steps   *int     `help:"Number of steps."`
}

// of reads the flags as a spec of a lab.
func (f *specFlags) of(id string) (*sim.Spec, error) {
	l, err := lab(id)
	if err != nil {
		return nil, err
	}
	d := sim.Draft{Preset: f.Preset, Seed: f.Seed, Steps: f.Steps}
	for _, kv := range f.Set {
		name, text, ok := strings.Cut(kv, "=")
		if !ok {
			return nil, param.Refuse("set", "%q is not name=value", kv)
		}
		d.Values = append(d.Values, sim.Pair{Name: name, Text: text})
	}
	if f.Methods != nil {
		d.Methods = sim.SplitMethods(*f.Methods)
	}
	for _, m := range f.Move {
		if err := d.Move(m); err != nil {
			return nil, err
		}
	}
	if err := d.Upload(l, readFile); err != nil {
		return nil, err
	}
	return l.Resolve(d)
}

type runCmd struct {
	Lab string `arg:"" optional:"" help:"Lab to run."`
	specFlags
	Spec   string  `placeholder:"FILE|-|LINK" help:"Take the whole spec from a JSON file, an export of any format, standard input or a link."`
	Format string  `default:"json" enum:"json,npz,csv,svg,pgf,html,safetensors" help:"Export format: json, npz, csv, svg, pgf (a zip of .tex and .dat), html (a replay), or safetensors (the weights of a net)."`
	Method string  `placeholder:"ID" help:"Whose net safetensors holds; the first by default."`
	Step   *int    `help:"Step at which a figure stops, a replay opens and a net is taken; a run made again from the file returns to it."`
	Ramp   string  `help:"Colours of a figure's ground: sounding, viridis, cividis or magma." placeholder:"viridis"`
	Font   float64 `help:"Size of a figure's text in points, 5 to 24; not for html." default:"0" placeholder:"9"`
	Plane  string  `help:"Plane of figure, surface and paths, such as hessian:adam@120; the lab's own by default." placeholder:"KIND[:POINTS]"`
	Output string  `short:"o" default:"-" placeholder:"FILE" help:"Where to write; - is standard output."`
}

// maxInput bounds what is read from a file or standard input.
const maxInput = 64 << 20

func readFile(name string) ([]byte, error) {
	var r io.Reader = os.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err == nil && len(data) > maxInput {
		err = fmt.Errorf("%s is larger than %d MiB", name, maxInput>>20)
	}
	return data, err
}

func (c *runCmd) Run(ctx context.Context, s std) error {
	spec, err := c.spec()
	if err != nil {
		return err
	}
	o := sim.ExportOptions{Step: c.Step, Method: c.Method, Ramp: c.Ramp, Font: c.Font, Plane: c.Plane}
	if err := o.Check(spec); err != nil {
		return err // before the run is played
	}
	done := progress(s.notes, int64(spec.Steps), spec.Lab.ID)
	trace, err := sim.Play(ctx, spec, func(step int) { done(int64(step)) })
	done(-1)
	if err != nil {
		return err
	}
	o.Critical = new(explore.Chart).Finder(trace, trace.Methods[0])
	w := s.out
	if c.Output != "-" {
		// A file that could not be written whole is worse than none.
		f, err := os.CreateTemp(filepath.Dir(c.Output), ".thalweg-*")
		if err != nil {
			return err
		}
		defer os.Remove(f.Name())
		if err := errors.Join(sim.Export(ctx, f, c.Format, trace, o), f.Chmod(0o644), f.Close()); err != nil {
			return err
		}
		return os.Rename(f.Name(), c.Output)
	}
	return sim.Export(ctx, w, c.Format, trace, o)
}

func (c *runCmd) spec() (*sim.Spec, error) {
	if c.Spec == "" {
		return c.of(c.Lab)
	}
	if strings.Contains(c.Spec, "/lab/") {
		d, err := sim.ParseLink(c.Spec)
		if err != nil {
			return nil, err
		}
		return c.resolve(d)
	}
	data, err := readFile(c.Spec)
	if err != nil {
		return nil, err
	}
	d, err := sim.DecodeDraft(data)
	if err == nil {
		return c.resolve(d)
	}
	// An export of any format holds its spec, and the files that it needs.
	recipe, other := sim.ReadRecipe(data, labs.All, nil)
	if other == nil {
		return recipe.Spec, nil
	}
	var holds struct{ Spec, Link json.RawMessage }
	if json.Unmarshal(data, &holds) == nil && holds.Spec == nil && holds.Link == nil {
		return nil, err
	}
	return nil, other
}

func (c *runCmd) resolve(d sim.Draft) (*sim.Spec, error) {
	if d.Lab == "" {
		d.Lab = c.Lab
	}
	l, err := lab(d.Lab)
	if err != nil {
		return nil, err
	}
	return l.Resolve(d)
}

// progress shows a bar when notes go to a terminal; a negative step ends it.
func progress(notes io.Writer, steps int64, what string) func(int64) {
	f, ok := notes.(*os.File)
	if !ok {
		return func(int64) {}
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func(int64) {}
	}
	bar := progressbar.NewOptions64(steps, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(65*time.Millisecond))
	return func(step int64) {
		if step < 0 {
			bar.Finish()
			return
		}
		bar.Set64(step)
	}
}

type verifyCmd struct {
	Claims []string `arg:"" optional:"" placeholder:"LAB[/CLAIM]" help:"Labs or claims; all by default."`
	Seed   *uint64  `help:"Play every preset with this seed instead of its own."`
	Long   bool     `default:"true" negatable:"" help:"Also judge claims that take more than two seconds."`
	JSON   bool     `name:"json" help:"Print JSON."`
}

func (c *verifyCmd) Run(ctx context.Context, s std) error {
	type entry struct {
		lab   *sim.Lab
		claim *sim.Claim
	}
	var list []entry
	add := func(l *sim.Lab) {
		for i := range l.Claims {
			if c.Long || !l.Claims[i].Long {
				list = append(list, entry{l, &l.Claims[i]})
			}
		}
	}
	if len(c.Claims) == 0 {
		for _, l := range labs.All {
			add(l)
		}
	}
	for _, name := range c.Claims {
		id, claim, one := strings.Cut(name, "/")
		l, err := lab(id)
		if err != nil {
			return err
		}
		if !one {
			add(l)
			continue
		}
		k, ok := l.Claim(claim)
		if !ok {
			return param.Refuse("claim", "lab %s has no claim %q", id, claim)
		}
		list = append(list, entry{l, k})
	}
	out := struct {
		Schema   int             `json:"schema"`
		Verdicts []sim.Judgement `json:"verdicts"`
		Holds    int             `json:"holds"`
		Fails    int             `json:"fails"`
	}{Schema: 1, Verdicts: []sim.Judgement{}}
	bad := false
	for _, e := range list {
		start := time.Now()
		j, err := e.lab.Verify(ctx, e.claim, c.Seed)
		if err != nil {
			return err
		}
		j.Seconds = float64(time.Since(start).Milliseconds()) / 1000
		out.Verdicts = append(out.Verdicts, j)
		switch j.Verdict {
		case sim.Holds:
			out.Holds++
		case sim.Unjudged:
		default:
			out.Fails++
			bad = true
		}
		if !c.JSON {
			fmt.Fprintf(s.out, "%-9s %s/%s  %s\n          want %s\n          got  %s  (%.2f s)\n", j.Verdict, j.Lab, j.Claim, j.Statement, j.Want, j.Got, j.Seconds)
		}
	}
	if c.JSON {
		b, err := json.Marshal(out)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s\n", b)
	} else {
		fmt.Fprintf(s.out, "%d hold, %d do not\n", out.Holds, out.Fails)
	}
	if bad {
		return errSaid
	}
	return nil
}

type probeCmd struct {
	Lab string `arg:"" help:"Lab whose ground is measured."`
	specFlags
	At   string `required:"" placeholder:"FILE|-" help:"Points: a JSON array of arrays, {\"x\":[…],\"v\":[…]}, or a .npy file."`
	What string `default:"loss,grad" help:"Any of loss, grad, hvp, hessian, spectrum."`
}

func (c *probeCmd) Run(ctx context.Context, s std) error {
	spec, err := c.of(c.Lab)
	if err != nil {
		return err
	}
	data, err := readFile(c.At)
	if err != nil {
		return err
	}
	var points, vectors [][]float64
	if strings.HasPrefix(string(data), "\x93NUMPY") {
		points, err = sim.ReadNPY(data)
	} else {
		points, vectors, err = sim.ReadPoints(data)
	}
	if err != nil {
		return err
	}
	doc, err := sim.Probe(ctx, spec, points, vectors, strings.Split(c.What, ","))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s\n", doc)
	return err
}

type exploreCmd struct {
	Lab string `arg:"" help:"Lab whose ground is explored."`
	specFlags
	Tool  string        `required:"" help:"Tool: ${tools}."`
	Ask   string        `placeholder:"JSON" help:"What the tool is asked, such as '{\"at\":\"adam@120\"}'."`
	Plane string        `placeholder:"KIND[:POINTS]" help:"Plane that coordinates are in, such as hessian:adam@120; the lab's own by default."`
	Limit time.Duration `name:"seconds" default:"60s" help:"Time after which the tool tells what it has."`
}

// Run plays the spec and prints what the tool finds on the ground of the first method, or of the one that the ask names.
func (c *exploreCmd) Run(ctx context.Context, s std) error {
	task, err := explore.Parse(c.Tool, []byte(c.Ask))
	if err != nil {
		return err
	}
	spec, err := c.of(c.Lab)
	if err != nil {
		return err
	}
	done := progress(s.notes, int64(spec.Steps), spec.Lab.ID)
	trace, err := sim.Play(ctx, spec, func(step int) { done(int64(step)) })
	done(-1)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Limit)
	defer cancel()
	doc, err := task.Play(ctx, trace, c.Plane)
	if err != nil {
		return err
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s\n", b)
	return err
}

type benchCmd struct {
	Workload string  `placeholder:"NAME[,NAME…]" help:"Workloads; all by default."`
	Seconds  float64 `default:"0.5" help:"Seconds to measure each."`
	Port     int     `default:"9100" help:"Port of the w10 stream server."`
}

func (c *benchCmd) Run(ctx context.Context, s std) error {
	if c.Workload == "w10" {
		return server.BenchStream(ctx, s.out, c.Port, c.Seconds)
	}
	names := strings.Split(c.Workload, ",")
	for _, w := range bench.All() {
		if c.Workload != "" && !slices.ContainsFunc(names, w.Is) {
			continue
		}
		b, err := json.Marshal(bench.Measure(w, c.Seconds))
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s\n", b)
	}
	return nil
}

type versionCmd struct{}

func (versionCmd) Run(s std) error {
	p := sim.ThisPlatform()
	_, err := fmt.Fprintf(s.out, "thalweg %s %s %s\n", sim.Version(), p.Go, p.Arch)
	return err
}
