package flow

// The Dormand-Prince 5(4) pair (J. Comput. Appl. Math. 6, 1980): stage i starts from y + h Σ dpA[i][j] k[j];
// the last row gives the step itself, whose slope is the first stage of the next step.
var dpA = [7][6]float64{
	{},
	{1.0 / 5},
	{3.0 / 40, 9.0 / 40},
	{44.0 / 45, -56.0 / 15, 32.0 / 9},
	{19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
	{9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
	{35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
}

// dpE is the fifth-order step minus the fourth-order one.
var dpE = [7]float64{71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40}

// dpD is the last coefficient of the interpolant of order 4 (Hairer, Nørsett, Wanner, Solving Ordinary
// Differential Equations I, section II.6).
var dpD = [7]float64{-12715105075.0 / 11282082432, 0, 87487479700.0 / 32700410799, -10690763975.0 / 1880347072,
	701980252875.0 / 199316789632, -1453857185.0 / 822651844, 69997945.0 / 29380423}

// The Rosenbrock method RODAS of order 4(3), six stages, L-stable and stiffly accurate (Hairer, Wanner,
// Solving Ordinary Differential Equations II, section IV.7), in the form without matrix products:
// (I/(hγ) - J) k[i] = s(y + Σ roA[i][j] k[j]) + Σ roC[i][j]/h k[j].
const roGamma = 0.25

var roA = [5][4]float64{
	{},
	{1.544},
	{0.9466785280815826, 0.2557011698983284},
	{3.314825187068521, 2.896124015972201, 0.9986419139977817},
	{1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950},
}

var roC = [6][5]float64{
	{},
	{-5.6688},
	{-2.430093356833875, -0.2063599157091915},
	{-0.1073529058151375, -9.594562251023355, -20.47028614809616},
	{7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160},
	{8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054},
}

// roD gives the two inner coefficients of its interpolant.
var roD = [2][5]float64{
	{10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662},
	{-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872},
}
