import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { CodeField } from "@/components/code/CodeField";
import { Form, FormActions, Problem, SelectField, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { TemplateEditor } from "@/features/prompts/TemplateEditor";
import type { Prompt } from "@/features/prompts/usePrompt";
import { SYNTAXES } from "@/features/prompts/words";
import { graphql } from "@/gql";
import type { TemplateSyntax } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";

const CreatePromptVersionMutation = graphql(`
  mutation CreatePromptVersion($input: CreatePromptVersionInput!) {
    createPromptVersion(input: $input) {
      id
    }
  }
`);

type NewVersionDialogProps = {
  prompt: Prompt;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onCreated: (id: string) => void;
};

export function NewVersionDialog({ prompt, isOpen, onOpenChange, onCreated }: NewVersionDialogProps) {
  return (
    <ModalDialog title={`New version of ${prompt.name}`} isWide isOpen={isOpen} onOpenChange={onOpenChange}>
      <NewVersionForm prompt={prompt} onCreated={onCreated} />
    </ModalDialog>
  );
}

type NewVersionFormProps = { prompt: Prompt; onCreated: (id: string) => void };

function NewVersionForm({ prompt, onCreated }: NewVersionFormProps) {
  const { newest } = prompt;
  const [{ fetching }, create] = useMutation(CreatePromptVersionMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [template, setTemplate] = useState(newest?.template ?? (prompt.structure === "CHAT" ? "[]" : ""));
  const [syntax, setSyntax] = useState<TemplateSyntax>(newest?.syntax ?? "MUSTACHE");
  const [note, setNote] = useState("");
  const [metadata, setMetadata] = useState(newest?.metadata ?? "");
  const submit = async () => {
    const content = { template, syntax, changeDescription: note.trim() || null, metadata: metadata.trim() || null };
    const { data, error } = await create({ input: { promptId: prompt.id, content } });
    if (data) onCreated(data.createPromptVersion.id);
    else setProblem(error ? failureOf(error).message : "The server sent no answer.");
  };
  return (
    <Form onSubmit={submit}>
      <TemplateEditor
        structure={prompt.structure}
        syntax={syntax}
        value={template}
        problem={null}
        onChange={setTemplate}
      />
      <SelectField label="Placeholders" value={syntax} options={SYNTAXES} onChange={setSyntax} />
      <TextField label="What changes (optional)" value={note} onChange={setNote} />
      <details>
        <summary>Metadata</summary>
        <CodeField
          label="Metadata as JSON (optional)"
          language="json"
          rows={6}
          value={metadata}
          onChange={setMetadata}
        />
      </details>
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching || !template.trim()}>
          Create version
        </Button>
      </FormActions>
    </Form>
  );
}
