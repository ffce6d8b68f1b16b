// Module hook: @strudel/core imports a browser-only synth whose package does not load in node.
// No pattern needs it, so an empty class stands in.
const synth = 'data:text/javascript,export class SalatRepl {}';

export function resolve(name, context, next) {
  return name === '@kabelsalat/web' ? { url: synth, shortCircuit: true } : next(name, context);
}
