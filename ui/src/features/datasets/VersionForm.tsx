import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, Problem } from "@/components/Form";
import { graphql } from "@/gql";
import type { ChangeDatasetItemsInput } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const ChangeDatasetItemsMutation = graphql(`
  mutation ChangeDatasetItems($input: ChangeDatasetItemsInput!) {
    changeDatasetItems(input: $input) {
      id
      name
    }
  }
`);

type VersionFormProps = {
  /** What is saved, or what is wrong with it. */
  read: () => ChangeDatasetItemsInput | string;
  onSaved: () => void;
  children: ReactNode;
};

/** Saves a change of a dataset as its next version; on top of what others saved meanwhile only if one says so. */
export function VersionForm({ read, onSaved, children }: VersionFormProps) {
  const [{ fetching }, change] = useMutation(ChangeDatasetItemsMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [overrides, setOverrides] = useState(false);
  const submit = async () => {
    const input = read();
    if (typeof input === "string") return setProblem(input);
    const { data, error } = await change({ input: { ...input, overrides } });
    if (!data) return setProblem(error ? failureOf(error).message : "The server sent no answer.");
    showToast(`Saved as ${data.changeDatasetItems.name}.`);
    onSaved();
  };
  return (
    <Form onSubmit={submit}>
      {children}
      <Problem text={problem} />
      {problem && (
        <CheckField label="Save on top of what others have saved meanwhile" value={overrides} onChange={setOverrides} />
      )}
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Save as a new version
        </Button>
      </FormActions>
    </Form>
  );
}
