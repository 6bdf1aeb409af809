import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import type { ErasureInput } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";
import styles from "./EraseDialog.module.css";

const EraseMutation = graphql(`
  mutation Erase($what: ErasureInput!) {
    erase(what: $what) {
      id
    }
  }
`);

export type ErasedThing =
  | { kind: "trace" | "thread"; id: string }
  | { kind: "project"; id: string; name: string }
  | { kind: "user" };

type EraseDialogProps = {
  thing: ErasedThing;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onErased?: () => void;
};

/** Before what nobody can take back: it asks for a word that no hand types by itself. */
export function EraseDialog({ thing, isOpen, onOpenChange, onErased }: EraseDialogProps) {
  return (
    <ModalDialog title={titleOf(thing)} isOpen={isOpen} onOpenChange={onOpenChange}>
      <EraseForm
        thing={thing}
        onDone={() => {
          onOpenChange(false);
          onErased?.();
        }}
      />
    </ModalDialog>
  );
}

const titleOf = (thing: ErasedThing) =>
  thing.kind === "project" ? `Erase ${thing.name} for good?` : `Erase the ${thing.kind} for good?`;

const GOES: Record<ErasedThing["kind"], string> = {
  trace: "The trace with its spans, scores, comments and files is taken out of the log, the history and the disk.",
  thread:
    "All traces of the thread with their spans, scores, comments and files, and the thread itself are taken out of the log, the history and the disk.",
  project:
    "All that belongs to the project, and the project itself: traces, threads, prompts, datasets, experiments and queues are taken out of the log, the history and the disk.",
  user: "All traces whose metadata, or that of one of their spans, ever named the user are taken out of the log, the history and the disk, with their spans, scores, comments and files.",
};

type EraseFormProps = { thing: ErasedThing; onDone: () => void };

function EraseForm({ thing, onDone }: EraseFormProps) {
  const [user, setUser] = useState("");
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [{ fetching }, erase] = useMutation(EraseMutation);
  const phrase = thing.kind === "project" ? thing.name : "erase";
  const isSure = typed.trim() === phrase;
  const submit = async () => {
    if (!isSure) return setProblem(`Type “${phrase}” to go on.`);
    if (thing.kind === "user" && user.trim() === "") return setProblem("Say which user.");
    const { error } = await erase({ what: whatOf(thing, user) });
    if (error) return setProblem(failureOf(error).message);
    showToast(`The ${thing.kind} is being erased. The settings tell how far that is.`);
    onDone();
  };
  return (
    <Form onSubmit={submit}>
      <p>{GOES[thing.kind]}</p>
      <ul className={styles.known}>
        <li>Nothing takes this back: it lies in no trash.</li>
        <li>The log keeps that there was something: when, of which kind and by whom, and who erased it.</li>
        <li>
          Copies stay: items of datasets that somebody made of it, exports, and backups made before. Begin a new backup
          afterwards.
        </li>
      </ul>
      {thing.kind === "user" && (
        <TextField
          label="ID of the user"
          hint="As traces name it, such as `user_id`; upper and lower case are told apart. It is not kept."
          autoFocus
          value={user}
          onChange={setUser}
        />
      )}
      <TextField
        label={`Type “${phrase}” to go on`}
        autoFocus={thing.kind !== "user"}
        spellCheck={false}
        value={typed}
        onChange={setTyped}
      />
      <Problem text={problem} />
      <FormActions>
        <Button kind="danger" type="submit" isDisabled={!isSure || fetching}>
          Erase for good
        </Button>
      </FormActions>
    </Form>
  );
}

function whatOf(thing: ErasedThing, user: string): ErasureInput {
  switch (thing.kind) {
    case "trace":
      return { trace: thing.id };
    case "thread":
      return { thread: thing.id };
    case "project":
      return { project: thing.id };
    case "user":
      return { user: user.trim() };
  }
}
