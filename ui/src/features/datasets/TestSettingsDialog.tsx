import { useState } from "react";
import { useQuery } from "urql";
import { Found } from "@/components/Found";
import { ModalDialog } from "@/components/ModalDialog";
import { TermsFields } from "@/features/datasets/TermsFields";
import { draftOf, readTerms } from "@/features/datasets/testTerms";
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
      {({ latestVersion }) => (
        // What was known before the newest version has come is not what a change is made of.
        <SettingsForm key={latestVersion?.id} base={latestVersion ?? null} {...{ datasetId, onSaved }} />
      )}
    </Found>
  );
}

type Base = NonNullable<DocumentType<typeof TestSettingsQuery>["dataset"]>["latestVersion"] | null;

function SettingsForm({ base, datasetId, onSaved }: TestSettingsProps & { base: Base }) {
  const [draft, setDraft] = useState(() =>
    draftOf({ evaluators: base?.evaluators ?? "[]", policy: base?.executionPolicy ?? null }),
  );
  const read = () => {
    const terms = readTerms(draft);
    if ("problem" in terms) return terms.problem;
    const { evaluators, policy } = terms;
    return {
      datasetId,
      baseVersionId: base?.id ?? null,
      evaluators,
      ...(policy ? { executionPolicy: policy } : { clearExecutionPolicy: true }),
      description: "Test settings",
    };
  };
  return (
    <VersionForm read={read} onSaved={onSaved}>
      <p>These hold for every item that says nothing else.</p>
      <TermsFields value={draft} hasFocus onChange={setDraft} />
    </VersionForm>
  );
}
