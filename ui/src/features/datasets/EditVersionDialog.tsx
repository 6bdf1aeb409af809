import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextArea, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import type { Version } from "@/features/datasets/useDataset";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { namesOf } from "@/lib/names";

const UpdateDatasetVersionMutation = graphql(`
  mutation UpdateDatasetVersion(
    $datasetId: ID!
    $version: String!
    $description: String
    $add: [String!]!
    $remove: [String!]!
  ) {
    updateDatasetVersion(
      datasetId: $datasetId
      version: $version
      description: $description
      addTags: $add
      removeTags: $remove
    ) {
      id
      description
      tags
    }
  }
`);

type EditVersionProps = { datasetId: string; version: Version; onDone: () => void };
type EditVersionDialogProps = { datasetId: string; version: Version | null; onClose: () => void };

/** Why a version was made, and by which names it is found. */
export function EditVersionDialog({ datasetId, version, onClose }: EditVersionDialogProps) {
  return (
    <ModalDialog title={`Edit ${version?.name}`} isOpen={version !== null} onOpenChange={onClose}>
      {version && <EditVersionForm datasetId={datasetId} version={version} onDone={onClose} />}
    </ModalDialog>
  );
}

/** It goes with the newest version by itself. */
const LATEST = "latest";

function EditVersionForm({ datasetId, version, onDone }: EditVersionProps) {
  const [{ fetching }, update] = useMutation(UpdateDatasetVersionMutation);
  const own = version.tags.filter((tag) => tag !== LATEST);
  const [problem, setProblem] = useState<string | null>(null);
  const [note, setNote] = useState(version.description ?? "");
  const [tags, setTags] = useState(own.join(", "));
  const submit = async () => {
    const wanted = namesOf(tags);
    const { error } = await update({
      datasetId,
      version: version.hash,
      description: note.trim() === (version.description ?? "") ? null : note.trim(),
      add: wanted.filter((tag) => !own.includes(tag)),
      remove: own.filter((tag) => !wanted.includes(tag)),
    });
    if (error) setProblem(failureOf(error).message);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextField
        label="Tags"
        hint="Several with commas between them; a version can be asked for by each"
        autoFocus
        value={tags}
        onChange={setTags}
      />
      <TextArea label="Note" rows={3} value={note} onChange={setNote} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Save
        </Button>
      </FormActions>
    </Form>
  );
}
