import { Play, Square } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { CodeField } from "@/components/code/CodeField";
import { Form, FormActions, FormRow, Problem, SelectField } from "@/components/Form";
import { Segmented } from "@/components/Segmented";
import { type Draft, readInputs, type Written, writeInputs } from "@/features/runners/inputs";
import { ParameterField } from "@/features/runners/ParameterField";
import { isOpen, type Job } from "@/features/runners/useJob";
import type { Agent } from "@/features/runners/useRunners";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { prettyJson } from "@/lib/json";
import { placedProblem } from "@/lib/jsonProblem";
import styles from "./Playground.module.css";

const CreateJobMutation = graphql(`
  mutation CreateJob($input: RunnerJobInput!) {
    createRunnerJob(input: $input) {
      id
      ...Job
    }
  }
`);

const CancelJobMutation = graphql(`
  mutation CancelJob($id: ID!) {
    cancelRunnerJob(id: $id) {
      ...Job
    }
  }
`);

const SHAPES = [
  { id: "fields", label: "Fields" },
  { id: "json", label: "JSON" },
] as const;

type AgentFormProps = {
  projectId: string;
  agents: readonly Agent[];
  agent: Agent;
  /** The one that is looked at. */
  job: Job | null;
  /** What the form begins with. */
  inputs: string | null;
  onAgent: (name: string) => void;
  onJob: (id: string) => void;
};

/** What an agent is given, by the parameters that its program told of it. */
export function AgentForm({ projectId, agents, agent, job, inputs, onAgent, onJob }: AgentFormProps) {
  const { parameters } = agent;
  const form = useInputs(agent, inputs);
  const [, create] = useMutation(CreateJobMutation);
  const [, cancel] = useMutation(CancelJobMutation);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const running = job && isOpen(job) ? job : null;

  const run = async () => {
    const written = form.write();
    if ("problems" in written) return;
    setBusy(true);
    const { data, error } = await create({ input: { projectId, agent: agent.name, inputs: written.inputs } });
    setBusy(false);
    setProblem(error ? failureOf(error).message : null);
    if (data) onJob(data.createRunnerJob.id);
  };
  const stop = async () => {
    if (!running) return;
    const { error } = await cancel({ id: running.id });
    setProblem(error ? failureOf(error).message : null);
  };
  return (
    <section aria-label="Inputs" className={styles.card}>
      <Form onSubmit={run}>
        <SelectField
          label="Agent"
          value={agent.name}
          options={agents.map(({ name, runnerName }) => ({ id: name, label: `${name} on ${runnerName}` }))}
          onChange={onAgent}
        />
        {agent.description && <p className={styles.note}>{agent.description}</p>}
        {parameters.length > 0 && (
          <FormRow>
            <Segmented
              label="How the inputs are written"
              options={SHAPES}
              value={form.whole === null ? "fields" : "json"}
              onChange={form.onShape}
            />
          </FormRow>
        )}
        {form.whole === null ? (
          parameters.map((parameter) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              value={form.draft[parameter.name] ?? ""}
              problem={form.problems[parameter.name]}
              onChange={(text) => form.onField(parameter.name, text)}
            />
          ))
        ) : (
          <CodeField
            label="Inputs as JSON"
            language="json"
            rows={8}
            value={form.whole}
            problem={form.problems.json}
            onChange={form.onWhole}
          />
        )}
        {parameters.length === 0 && <p className={styles.note}>It takes no inputs.</p>}
        <Problem text={problem} />
        <FormActions>
          {running && (
            <Button onPress={stop}>
              <Square aria-hidden /> Stop
            </Button>
          )}
          <Button kind="primary" type="submit" isDisabled={isBusy || running !== null}>
            <Play aria-hidden /> {running ? "Running…" : "Run"}
          </Button>
        </FormActions>
      </Form>
    </section>
  );
}

function useInputs({ parameters }: Agent, inputs: string | null) {
  const [begun] = useState(() => readInputs(parameters, inputs));
  const [draft, setDraft] = useState<Draft>(begun ?? {});
  /** All inputs in one piece, while they are written so. */
  const [whole, setWhole] = useState(begun === null && inputs ? prettyJson(inputs) : null);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const write = (): Written => {
    const broken = whole === null ? null : placedProblem(whole);
    const written =
      whole === null ? writeInputs(parameters, draft) : broken ? { problems: { json: broken } } : { inputs: whole };
    setProblems("problems" in written ? written.problems : {});
    return written;
  };
  return {
    draft,
    whole,
    problems,
    write,
    onField: (name: string, text: string) => {
      setDraft({ ...draft, [name]: text });
      setProblems({ ...problems, [name]: "" });
    },
    onWhole: (text: string) => {
      setWhole(text);
      setProblems({});
    },
    onShape: (shape: "fields" | "json") => {
      if (whole === null) {
        // Not what the fields still lack: it can be written there as well.
        const written = writeInputs(
          parameters.filter(({ name }) => draft[name]?.trim()),
          draft,
        );
        if ("inputs" in written && shape === "json") setWhole(prettyJson(written.inputs));
        else if ("problems" in written) setProblems(written.problems);
        return;
      }
      const read = readInputs(parameters, whole);
      if (read === null) return setProblems({ json: placedProblem(whole) ?? "Something of this has no field." });
      setDraft(read);
      setWhole(null);
      setProblems({});
    },
  };
}
