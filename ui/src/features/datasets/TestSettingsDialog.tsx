import { useState } from "react";
import { useQuery } from "urql";
import { CodeField } from "@/components/code/CodeField";
import { FormRow, TextField } from "@/components/Form";
import { Found } from "@/components/Found";
import { ModalDialog } from "@/components/ModalDialog";
import { VersionForm } from "@/features/datasets/VersionForm";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const TestSettingsQuery = graphql(`
  query TestSettings($id: ID!) {
    dataset(id: $id) {
      id
      latestVersion {
        id
        evaluators
        executionPolicy {
          runsPerItem
          passThreshold
        }
      }
    }
  }
`);

type TestSettingsDialogProps = {
  datasetId: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onSaved: () => void;
};

/** How the items of a test suite are tried, unless they say otherwise themselves; a change is a version. */
export function TestSettingsDialog({ datasetId, isOpen, onOpenChange, onSaved }: TestSettingsDialogProps) {
  return (
    <ModalDialog title="Test settings" isWide isOpen={isOpen} onOpenChange={onOpenChange}>
      <TestSettings datasetId={datasetId} onSaved={onSaved} />
    </ModalDialog>
  );
}

type TestSettingsProps = Pick<TestSettingsDialogProps, "datasetId" | "onSaved">;

function TestSettings({ datasetId, onSaved }: TestSettingsProps) {
  // Read anew each time: what is changed here is what the newest version says.
  const [{ data, error }, read] = useQuery({
    query: TestSettingsQuery,
    variables: { id: datasetId },
    requestPolicy: "network-only",
  });
  return (
    <Found
      what="test settings"
      value={data?.dataset}
      failure={error ? failureOf(error) : null}
      onRetry={() => read({ requestPolicy: "network-only" })}
    >
      {({ latestVersion }) => <SettingsForm base={latestVersion ?? null} {...{ datasetId, onSaved }} />}
    </Found>
  );
}

type Base = NonNullable<DocumentType<typeof TestSettingsQuery>["dataset"]>["latestVersion"] | null;

const COUNT = /^[1-9]\d{0,3}$/;

function SettingsForm({ base, datasetId, onSaved }: TestSettingsProps & { base: Base }) {
  const [runs, setRuns] = useState(String(base?.executionPolicy?.runsPerItem ?? ""));
  const [threshold, setThreshold] = useState(String(base?.executionPolicy?.passThreshold ?? ""));
  const [evaluators, setEvaluators] = useState(base?.evaluators ?? "[]");
  const read = () => {
    const isUnset = runs.trim() === "" && threshold.trim() === "";
    if (!isUnset && !(COUNT.test(runs.trim()) && COUNT.test(threshold.trim()))) {
      return "Runs and passes are numbers from 1, or both are left empty.";
    }
    const policy = { runsPerItem: Number(runs), passThreshold: Number(threshold) };
    return {
      datasetId,
      baseVersionId: base?.id ?? null,
      evaluators: evaluators.trim() || "[]",
      ...(isUnset ? { clearExecutionPolicy: true } : { executionPolicy: policy }),
      description: "Test settings",
    };
  };
  return (
    <VersionForm read={read} onSaved={onSaved}>
      <p>These hold for every item that says nothing else.</p>
      <FormRow>
        <TextField label="Runs of each item" autoFocus inputMode="numeric" value={runs} onChange={setRuns} />
        <TextField label="Runs that must pass" inputMode="numeric" value={threshold} onChange={setThreshold} />
      </FormRow>
      <CodeField
        label="Evaluators as JSON"
        language="json"
        rows={10}
        value={evaluators}
        onChange={setEvaluators}
        hint="A list; each has a name, a type and a config"
      />
    </VersionForm>
  );
}
