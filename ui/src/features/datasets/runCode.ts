// The program that tries an application with a dataset, as the Python client has it. Pure.

type Run = {
  name: string;
  projectName: string | null;
  isSuite: boolean;
  /** Null of the newest version. */
  versionName: string | null;
};

export function runCode({ name, projectName, isSuite, versionName }: Run): string {
  const named = `name=${JSON.stringify(name)}${projectName ? `, project_name=${JSON.stringify(projectName)}` : ""}`;
  const task = (answer: string) => [
    "",
    "def task(item):",
    "    # call your application here",
    `    return ${answer}`,
    "",
  ];
  if (isSuite) {
    return [
      "import opik",
      "",
      "client = opik.Opik()",
      `suite = client.get_test_suite(${named})`,
      ...task('{"input": item, "output": "…"}'),
      "opik.run_tests(test_suite=suite, task=task)",
    ].join("\n");
  }
  const version = versionName ? `.get_version_view(${JSON.stringify(versionName)})` : "";
  return [
    "import opik",
    "",
    "client = opik.Opik()",
    `dataset = client.get_dataset(${named})${version}`,
    ...task('{"output": "…"}'),
    "opik.evaluate(dataset=dataset, task=task, scoring_metrics=[])",
  ].join("\n");
}
