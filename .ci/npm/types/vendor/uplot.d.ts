// The bundle's one export, unchecked.
declare const uPlot: any;
export default uPlot;
