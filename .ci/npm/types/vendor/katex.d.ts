// The bundle's one export, as far as formulas use it.
declare const katex: {
  render(tex: string, element: HTMLElement, options?: {
    displayMode?: boolean; output?: 'html' | 'mathml' | 'htmlAndMathml'; throwOnError?: boolean; strict?: boolean | string | ((code: string) => string);
    trust?: boolean | ((context: { command: string; class?: string }) => boolean); maxExpand?: number; maxSize?: number;
  }): void;
};
export default katex;
