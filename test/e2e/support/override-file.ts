/** The override file of a Helm application with these parameters, in the bytes of Argo CD Image Updater. */
export function overrideFile(parameters: Readonly<Record<string, string>>): string {
  const entries = Object.entries(parameters).map(
    ([name, value]) =>
      `  - name: ${name}\n    value: ${quoteNumber(value)}\n    forcestring: true\n`,
  );
  return `helm:\n  parameters:\n${entries.join("")}`;
}

/** Text that YAML would read as a number stands in double quotes. */
function quoteNumber(value: string): string {
  return /^\d+(?:\.\d+)?$/u.test(value) ? `"${value}"` : value;
}
