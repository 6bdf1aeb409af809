import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, Problem, TextArea } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import type { InsightsJob } from "@/features/insights/useIssues";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const SetGuidanceMutation = graphql(`
  mutation SetInsightsGuidance($projectId: ID!, $guidance: String!, $status: InsightsJobStatus!) {
    setInsightsGuidance(projectId: $projectId, guidance: $guidance) {
      id
      guidance
    }
    setInsightsJobStatus(projectId: $projectId, status: $status) {
      id
      status
    }
  }
`);

type GuidanceDialogProps = {
  projectId: string;
  job: InsightsJob | null;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onSaved: () => void;
};

/** How often a project is looked through, and what whoever looks is to mind. */
export function GuidanceDialog({ isOpen, onOpenChange, onSaved, ...props }: GuidanceDialogProps) {
  const onDone = () => {
    onOpenChange(false);
    onSaved();
  };
  return (
    <ModalDialog title="How to look" isOpen={isOpen} onOpenChange={onOpenChange}>
      <GuidanceForm {...props} onDone={onDone} />
    </ModalDialog>
  );
}

type GuidanceFormProps = Pick<GuidanceDialogProps, "projectId" | "job"> & { onDone: () => void };

function GuidanceForm({ projectId, job, onDone }: GuidanceFormProps) {
  const [{ fetching }, save] = useMutation(SetGuidanceMutation);
  const [guidance, setGuidance] = useState(job?.guidance ?? "");
  const [isDaily, setDaily] = useState(job?.status === "ENABLED");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    const { error } = await save({ projectId, guidance: guidance.trim(), status: isDaily ? "ENABLED" : "DISABLED" });
    if (error) setProblem(failureOf(error).message);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextArea
        label="What to mind (optional)"
        hint="For whoever looks through the traces"
        autoFocus
        value={guidance}
        onChange={setGuidance}
      />
      <CheckField label="Look every day" value={isDaily} onChange={setDaily} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Save
        </Button>
      </FormActions>
    </Form>
  );
}
