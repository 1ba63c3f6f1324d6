package surfaces

import (
	"math"

	"thalweg/landscape"
)

// All lists the surfaces in the order in which they are offered.
var All = []Surface{
	{
		ID: "quadratic", Label: "Quadratic bowl", Dim: 2, Variable: true,
		Domain: [4]float64{-3, 3, -3, 3}, Start: []float64{2, 1}, StepSize: 0.1,
		Minima:  []landscape.Minimum{at(0, 0, 0)},
		Source:  "textbook",
		Formula: `\tfrac12 \sum_i \lambda_i x_i^2`,
		open:    quadratic, low: always(0),
	},
	{
		ID: "rosenbrock", Label: "Rosenbrock's valley", Dim: 2, Variable: true,
		Domain: [4]float64{-2, 2, -1, 3}, Start: []float64{-1.2, 1}, StepSize: 1e-3,
		Minima:  []landscape.Minimum{at(0, 1, 1)},
		Source:  "Rosenbrock, An automatic method for finding the greatest or least value of a function, 1960",
		Formula: `\sum_{i<n} 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2`,
		open:    func(p Params) landscape.Curved { return rosenbrock(p.Dim) }, low: always(1),
	},
	{
		ID: "himmelblau", Label: "Himmelblau's four basins", Dim: 2,
		Domain: [4]float64{-5, 5, -5, 5}, Start: []float64{0, 0}, StepSize: 0.01,
		Minima: []landscape.Minimum{
			at(0, 3, 2),
			at(0, -2.8051180869527449, 3.131312518250573),
			at(0, -3.7793102533777469, -3.2831859912861694),
			at(0, 3.5844283403304917, -1.8481265269644036),
		},
		Source:  "Himmelblau, Applied Nonlinear Programming, 1972",
		Formula: `(x^2 + y - 11)^2 + (x + y^2 - 7)^2`,
		open:    flat(himmelblau),
	},
	{
		ID: "beale", Label: "Beale's function", Dim: 2,
		Domain: [4]float64{-4.5, 4.5, -4.5, 4.5}, Start: []float64{1, 1}, StepSize: 0.01,
		Minima:  []landscape.Minimum{at(0, 3, 0.5)},
		Source:  "Beale, On an iterative method of finding a local minimum, 1958",
		Formula: `\sum_{k=1}^{3} (c_k - x + x y^k)^2,\ c = (1.5, 2.25, 2.625)`,
		open:    flat(beale),
	},
	{
		ID: "booth", Label: "Booth's function", Dim: 2,
		Domain: [4]float64{-10, 10, -10, 10}, Start: []float64{-5, -5}, StepSize: 0.05,
		Minima:  []landscape.Minimum{at(0, 1, 3)},
		Source:  "Jamil and Yang, A literature survey of benchmark functions, 2013",
		Formula: `(x + 2y - 7)^2 + (2x + y - 5)^2`,
		open:    flat(booth),
	},
	{
		ID: "matyas", Label: "Matyas function", Dim: 2,
		Domain: [4]float64{-10, 10, -10, 10}, Start: []float64{-8, 6}, StepSize: 0.5,
		Minima:  []landscape.Minimum{at(0, 0, 0)},
		Source:  "Jamil and Yang, A literature survey of benchmark functions, 2013",
		Formula: `0.26 (x^2 + y^2) - 0.48 x y`,
		open:    flat(matyas),
	},
	{
		ID: "three-hump-camel", Label: "Three-hump camel", Dim: 2,
		Domain: [4]float64{-2.5, 2.5, -2.5, 2.5}, Start: []float64{-2, 2}, StepSize: 0.05,
		Minima: []landscape.Minimum{
			at(0, 0, 0),
			at(0.29863844223685982, 1.7475523458302889, -0.87377617291514445),
			at(0.29863844223685982, -1.7475523458302889, 0.87377617291514445),
		},
		Source:  "Branin, Widely convergent method for finding multiple solutions, 1972",
		Formula: `2x^2 - 1.05 x^4 + x^6/6 + x y + y^2`,
		open:    flat(threeHumpCamel),
	},
	{
		ID: "six-hump-camel", Label: "Six-hump camel", Dim: 2,
		Domain: [4]float64{-2.2, 2.2, -1.3, 1.3}, Start: []float64{-1, 1}, StepSize: 0.02,
		Minima: []landscape.Minimum{
			at(-1.0316284534898774, 0.089842013100318062, -0.71265640302073963),
			at(-1.0316284534898774, -0.089842013100318062, 0.71265640302073963),
			at(-0.21546382438371764, 1.7036067149699808, -0.79608356867262512),
			at(-0.21546382438371764, -1.7036067149699808, 0.79608356867262512),
			at(2.1042503103112583, 1.6071047529201972, 0.56865145488413137),
			at(2.1042503103112583, -1.6071047529201972, -0.56865145488413137),
		},
		Source:  "Dixon and Szego, Towards Global Optimisation 2, 1978",
		Formula: `(4 - 2.1 x^2 + x^4/3) x^2 + x y + (4 y^2 - 4) y^2`,
		open:    flat(sixHumpCamel),
	},
	{
		ID: "muller-brown", Label: "Muller-Brown potential", Dim: 2,
		Domain: [4]float64{-1.5, 1.2, -0.5, 2}, Start: []float64{-1, 0.6}, StepSize: 2e-4,
		Minima: []landscape.Minimum{
			at(-146.69951720995401, -0.55822363463302428, 1.4417258418046687),
			at(-108.16672411685235, 0.62349940493087651, 0.028037758528685666),
			at(-80.767818129659028, -0.050010822998206058, 0.46669410487197209),
		},
		Source:  "Muller and Brown, Location of saddle points and minimum energy paths, 1979",
		Formula: `\sum_{k=1}^{4} A_k e^{a_k (x - X_k)^2 + b_k (x - X_k)(y - Y_k) + c_k (y - Y_k)^2}`,
		open:    flat(mullerBrown),
	},
	{
		ID: "goldstein-price", Label: "Goldstein-Price function", Dim: 2,
		Domain: [4]float64{-2, 2, -2, 2}, Start: []float64{-1.5, 1.5}, StepSize: 1e-6,
		Minima: []landscape.Minimum{
			at(3, 0, -1),
			at(30, -0.6, -0.4),
			at(84, 1.8, 0.2),
			at(840, 1.2, 0.8),
		},
		Source:  "Goldstein and Price, On descent from local minima, 1971",
		Formula: `[1 + (x+y+1)^2 (19 - 14x + 3x^2 - 14y + 6xy + 3y^2)] [30 + (2x-3y)^2 (18 - 32x + 12x^2 + 48y - 36xy + 27y^2)]`,
		open:    flat(goldsteinPrice),
	},
	{
		ID: "branin", Label: "Branin's function", Dim: 2,
		Domain: [4]float64{-5, 10, 0, 15}, Start: []float64{2, 12}, StepSize: 0.02,
		Minima: []landscape.Minimum{
			at(0.39788735772973834, -math.Pi, 12.275),
			at(0.39788735772973834, math.Pi, 2.275),
			at(0.39788735772973834, 3*math.Pi, 2.475),
		},
		Source:  "Branin, Widely convergent method for finding multiple solutions, 1972",
		Formula: `\left(y - \tfrac{5.1}{4\pi^2} x^2 + \tfrac{5}{\pi} x - 6\right)^2 + 10 \left(1 - \tfrac{1}{8\pi}\right) \cos x + 10`,
		open:    flat(branin),
	},
	{
		ID: "styblinski-tang", Label: "Styblinski-Tang function", Dim: 2, Variable: true,
		Domain: [4]float64{-5, 5, -5, 5}, Start: []float64{0, 0}, StepSize: 0.02,
		Minima: []landscape.Minimum{
			at(-78.332331407542831, -2.9035340277711771, -2.9035340277711771),
			at(-64.195612359055358, -2.9035340277711771, 2.746802770990837),
			at(-64.195612359055358, 2.746802770990837, -2.9035340277711771),
			at(-50.058893310567885, 2.746802770990837, 2.746802770990837),
		},
		Source:  "Styblinski and Tang, Experiments in nonconvex optimization, 1990",
		Formula: `\tfrac12 \sum_i (x_i^4 - 16 x_i^2 + 5 x_i)`,
		open:    sum(styblinskiTang), low: always(-2.9035340277711771),
	},
	{
		ID: "mccormick", Label: "McCormick's function", Dim: 2,
		Domain: [4]float64{-1.5, 4, -3, 4}, Start: []float64{3, 3}, StepSize: 0.1,
		Minima: []landscape.Minimum{
			at(-1.9132229549810364, -0.54719755119659775, -1.5471975511965977),
			at(1.2283696986087568, 2.5943951023931955, 1.5943951023931955),
		},
		Source:  "McCormick, Computability of global solutions to factorable nonconvex programs, 1976",
		Formula: `\sin(x + y) + (x - y)^2 - 1.5x + 2.5y + 1`,
		open:    flat(mccormick),
	},
	{
		ID: "bohachevsky", Label: "Bohachevsky's function", Dim: 2,
		Domain: [4]float64{-10, 10, -10, 10}, Start: []float64{7, 5}, StepSize: 0.01,
		Minima:  []landscape.Minimum{at(0, 0, 0)},
		Source:  "Bohachevsky, Johnson and Stein, Generalized simulated annealing, 1986",
		Formula: `x^2 + 2y^2 - 0.3 \cos 3\pi x - 0.4 \cos 4\pi y + 0.7`,
		open:    flat(bohachevsky),
	},
	{
		ID: "rastrigin", Label: "Rastrigin's function", Dim: 2, Variable: true,
		Domain: [4]float64{-5.12, 5.12, -5.12, 5.12}, Start: []float64{3.7, -2.8}, StepSize: 1e-3,
		Minima:  []landscape.Minimum{at(0, 0, 0)},
		Source:  "Rastrigin, Systems of Extremal Control, 1974",
		Formula: `10 n + \sum_i (x_i^2 - 10 \cos 2\pi x_i)`,
		open:    sum(rastrigin), low: always(0),
	},
	{
		ID: "ackley", Label: "Ackley's function", Dim: 2, Variable: true,
		Domain: [4]float64{-5, 5, -5, 5}, Start: []float64{3, 3}, StepSize: 0.01,
		Minima:  []landscape.Minimum{at(0, 0, 0)},
		Source:  "Ackley, A Connectionist Machine for Genetic Hillclimbing, 1987",
		Formula: `-20 e^{-0.2 \sqrt{\sum_i x_i^2 / n}} - e^{\sum_i \cos(2\pi x_i) / n} + 20 + e`,
		open:    func(p Params) landscape.Curved { return ackley(p.Dim) }, low: always(0),
	},
	{
		ID: "griewank", Label: "Griewank's function", Dim: 2, Variable: true,
		Domain: [4]float64{-10, 10, -10, 10}, Start: []float64{6, -7}, StepSize: 1,
		Minima:  []landscape.Minimum{at(0, 0, 0)},
		Source:  "Griewank, Generalized descent for global optimization, 1981",
		Formula: `1 + \sum_i x_i^2 / 4000 - \prod_i \cos(x_i / \sqrt{i})`,
		open:    newGriewank, low: always(0),
	},
	{
		ID: "levy", Label: "Levy's function", Dim: 2, Variable: true,
		Domain: [4]float64{-10, 10, -10, 10}, Start: []float64{-6, 6}, StepSize: 0.05,
		Minima:  []landscape.Minimum{at(0, 1, 1)},
		Source:  "Levy and Montalvo, The tunneling algorithm for the global minimization of functions, 1985",
		Formula: `\sin^2 \pi w_1 + \sum_{i<n} (w_i - 1)^2 (1 + 10 \sin^2(\pi w_i + 1)) + (w_n - 1)^2 (1 + \sin^2 2\pi w_n),\ w = 1 + (x - 1)/4`,
		open:    sum(levy), low: always(1),
	},
	{
		ID: "schwefel", Label: "Schwefel's function", Dim: 2, Variable: true,
		Domain: [4]float64{-500, 500, -500, 500}, Start: []float64{-200, 100}, StepSize: 1,
		Minima:  []landscape.Minimum{at(1.874504271296088e-13, 420.96874635998203, 420.96874635998203)},
		Source:  "Schwefel, Numerical Optimization of Computer Models, 1981",
		Formula: `418.9828872724338\, n - \sum_i x_i \sin \sqrt{|x_i|}`,
		open:    sum(schwefel), low: always(420.96874635998203),
	},
	{
		ID: "easom", Label: "Easom's function", Dim: 2,
		Domain: [4]float64{-2, 8, -2, 8}, Start: []float64{1.5, 1.5}, StepSize: 0.1,
		Minima:  []landscape.Minimum{at(-1, math.Pi, math.Pi)},
		Source:  "Easom, A survey of global optimization techniques, 1990",
		Formula: `-\cos x \cos y\, e^{-(x - \pi)^2 - (y - \pi)^2}`,
		open:    flat(easom),
	},
	{
		ID: "drop-wave", Label: "Drop wave", Dim: 2,
		Domain: [4]float64{-5.12, 5.12, -5.12, 5.12}, Start: []float64{3, -2}, StepSize: 0.01,
		Minima:  []landscape.Minimum{at(-1, 0, 0)},
		Source:  "Molga and Smutnicki, Test functions for optimization needs, 2005",
		Formula: `-\frac{1 + \cos 12 r}{r^2/2 + 2},\ r = \sqrt{x^2 + y^2}`,
		open:    flat(dropWave),
	},
	{
		ID: "michalewicz", Label: "Michalewicz's function", Dim: 2, Variable: true,
		Domain: [4]float64{0, math.Pi, 0, math.Pi}, Start: []float64{1, 1}, StepSize: 0.01,
		Minima:  []landscape.Minimum{at(-1.8013034100985525, 2.2029055201726093, math.Pi/2)},
		Source:  "Michalewicz, Genetic Algorithms + Data Structures = Evolution Programs, 1992",
		Formula: `-\sum_i \sin x_i \sin^{20}(i x_i^2 / \pi)`,
		open:    sum(michalewicz), low: michalewiczLow,
	},
	{
		ID: "eggholder", Label: "Eggholder", Dim: 2,
		Domain: [4]float64{-512, 512, -512, 512}, Start: []float64{300, 200}, StepSize: 0.1,
		Minima:  []landscape.Minimum{{X: []float64{512, 404.231805113757811}, Loss: -959.6406627208508, Border: true}},
		Source:  "Whitley, Mathias, Rana and Dzubera, Evaluating evolutionary algorithms, 1996",
		Formula: `-(y + 47) \sin \sqrt{|x/2 + y + 47|} - x \sin \sqrt{|x - y - 47|}`,
		open:    flat(eggholder),
	},
	{
		ID: "freudenstein-roth", Label: "Freudenstein-Roth function", Dim: 2,
		Domain: [4]float64{-2, 14, -3, 6}, Start: []float64{0.5, -2}, StepSize: 5e-4,
		Minima: []landscape.Minimum{
			at(0, 5, 4),
			at(48.984253679240021, 11.412778986902094, -0.89680525327447652),
		},
		Source:  "Freudenstein and Roth, Numerical solution of systems of nonlinear equations, 1963",
		Formula: `(x - 13 + ((5 - y) y - 2) y)^2 + (x - 29 + ((y + 1) y - 14) y)^2`,
		open:    flat(freudensteinRoth),
	},
	{
		ID: "powell-badly-scaled", Label: "Powell's badly scaled function", Dim: 2,
		Domain: [4]float64{-0.0001, 0.0003, -1, 12}, Start: []float64{0, 1}, StepSize: 1e-8,
		Minima:  []landscape.Minimum{at(0, 1.0981593296998175e-5, 9.106146739866524)},
		Source:  "Powell, A hybrid method for nonlinear equations, 1970",
		Formula: `(10^4 x y - 1)^2 + (e^{-x} + e^{-y} - 1.0001)^2`,
		open:    flat(powellBadlyScaled),
	},
	{
		ID: "two-wells", Label: "Two wells", Dim: 2,
		Domain: [4]float64{-2, 2, -1.5, 1.5}, Start: []float64{-0.01, 1}, StepSize: 0.05,
		Minima: []landscape.Minimum{
			at(0, 1, 0),
			at(0, -1, 0),
		},
		Source:  "textbook",
		Formula: `(x^2 - 1)^2 + y^2`,
		open:    flat(twoWells),
	},
	{
		ID: "monkey-saddle", Label: "Monkey saddle", Dim: 2,
		Domain: [4]float64{-2, 2, -2, 2}, Start: []float64{0.8, 0.02}, StepSize: 0.05,
		Source:  "textbook",
		Formula: `x^3 - 3 x y^2`,
		open:    flat(monkeySaddle),
	},
	{
		ID: "hyperbolic", Label: "Hyperbolic saddle", Dim: 2,
		Domain: [4]float64{-2, 2, -2, 2}, Start: []float64{1.5, 0.001}, StepSize: 0.05,
		Source:  "textbook",
		Formula: `x^2 - y^2`,
		open:    flat(hyperbolic),
	},
	{
		ID: "product", Label: "Product: a curve of minima", Dim: 2,
		Domain: [4]float64{-3, 3, -3, 3}, Start: []float64{2, 0.2}, StepSize: 0.1,
		Source:  "textbook; the smallest deep linear net",
		Formula: `\tfrac12 (x y - 1)^2`,
		open:    flat(product),
	},
	{
		ID: "absolute", Label: "Absolute values", Dim: 2, Variable: true,
		Domain: [4]float64{-3, 3, -3, 3}, Start: []float64{2, 1}, StepSize: 0.05,
		Minima:  []landscape.Minimum{at(0, 0, 0)},
		Source:  "textbook",
		Formula: `\sum_i |x_i|`,
		open:    sum(absolute), low: always(0),
	},
	{
		ID: "helical-valley", Label: "Helical valley", Dim: 3,
		Domain: [4]float64{-2, 2, -2, 2}, Start: []float64{-1, 0, 0}, StepSize: 1e-3,
		Minima:  []landscape.Minimum{at(0, 1, 0, 0)},
		Source:  "Fletcher and Powell, A rapidly convergent descent method for minimization, 1963",
		Formula: `100 (z - 10\theta)^2 + 100 (\sqrt{x^2 + y^2} - 1)^2 + z^2,\ 2\pi\theta = \arg(x + iy)`,
		open:    func(Params) landscape.Curved { return helicalValley{} },
	},
	{
		ID: "wood", Label: "Wood's function", Dim: 4,
		Domain: [4]float64{-3, 3, -3, 3}, Start: []float64{-3, -1, -3, -1}, StepSize: 2e-4,
		Minima:  []landscape.Minimum{at(0, 1, 1, 1, 1)},
		Source:  "Colville, A Comparative Study of Nonlinear Programming Codes, 1968",
		Formula: `100 (y - x^2)^2 + (1 - x)^2 + 90 (w - z^2)^2 + (1 - z)^2 + 10.1 ((y - 1)^2 + (w - 1)^2) + 19.8 (y - 1)(w - 1)`,
		open:    func(Params) landscape.Curved { return wood{} },
	},
	{
		ID: "powell-singular", Label: "Powell's singular function", Dim: 4,
		Domain: [4]float64{-3, 3, -3, 3}, Start: []float64{3, -1, 0, 1}, StepSize: 1e-3,
		Minima:  []landscape.Minimum{at(0, 0, 0, 0, 0)},
		Source:  "Powell, An iterative method for finding stationary values, 1962",
		Formula: `(x + 10y)^2 + 5 (z - w)^2 + (y - 2z)^4 + 10 (x - w)^4`,
		open:    func(Params) landscape.Curved { return powellSingular{} },
	},
}

func at(loss float64, x ...float64) landscape.Minimum { return landscape.Minimum{X: x, Loss: loss} }

func flat(f planar) func(Params) landscape.Curved {
	return func(Params) landscape.Curved { return f }
}

func sum(term func(i, n int, x float64) (f, d, dd float64)) func(Params) landscape.Curved {
	return func(p Params) landscape.Curved { return separable{p.Dim, term} }
}

func always(v float64) func(int) float64 {
	return func(int) float64 { return v }
}
