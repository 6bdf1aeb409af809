import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, FormRow, Problem, SelectField, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { TemplateEditor } from "@/features/prompts/TemplateEditor";
import { STRUCTURES, SYNTAXES } from "@/features/prompts/words";
import { graphql } from "@/gql";
import type { PromptStructure, TemplateSyntax } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";

const CreatePromptMutation = graphql(`
  mutation CreatePrompt($input: CreatePromptInput!) {
    createPrompt(input: $input) {
      id
    }
  }
`);

type CreatePromptDialogProps = {
  projectId: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onPromptCreated: (id: string) => void;
};

export function CreatePromptDialog({ isOpen, onOpenChange, ...props }: CreatePromptDialogProps) {
  return (
    <ModalDialog title="New prompt" isWide isOpen={isOpen} onOpenChange={onOpenChange}>
      <CreatePromptForm {...props} />
    </ModalDialog>
  );
}

const EMPTY_CHAT = '[{"role":"system","content":""},{"role":"user","content":""}]';

type CreatePromptFormProps = Pick<CreatePromptDialogProps, "projectId" | "onPromptCreated">;

function CreatePromptForm({ projectId, onPromptCreated }: CreatePromptFormProps) {
  const [{ fetching }, create] = useMutation(CreatePromptMutation);
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [structure, setStructure] = useState<PromptStructure>("TEXT");
  const [syntax, setSyntax] = useState<TemplateSyntax>("MUSTACHE");
  const [template, setTemplate] = useState("");
  const onStructure = (next: PromptStructure) => {
    setStructure(next);
    setTemplate(next === "CHAT" ? EMPTY_CHAT : "");
  };
  const submit = async () => {
    if (!name.trim()) return setProblem("A prompt needs a name.");
    if (!template.trim()) return setProblem("A prompt needs a template.");
    const firstVersion = { template, syntax };
    const input = { projectId, name: name.trim(), description: description.trim() || null, structure, firstVersion };
    const { data, error } = await create({ input });
    if (data) onPromptCreated(data.createPrompt.id);
    else setProblem(error ? failureOf(error).message : "The server sent no answer.");
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus required value={name} onChange={setName} />
      <TextField label="Description (optional)" value={description} onChange={setDescription} />
      <FormRow>
        <SelectField label="Type" value={structure} options={STRUCTURES} onChange={onStructure} />
        <SelectField label="Placeholders" value={syntax} options={SYNTAXES} onChange={setSyntax} />
      </FormRow>
      <TemplateEditor structure={structure} syntax={syntax} value={template} problem={null} onChange={setTemplate} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Create prompt
        </Button>
      </FormActions>
    </Form>
  );
}
