import { Pencil, Trash2, X } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Form, FormActions, TextArea } from "@/components/Form";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { Markdown } from "@/components/Markdown";
import { Time } from "@/components/Time";
import { nounOf, type Target } from "@/entities/details/target";
import { type Comment, useComments } from "@/features/comments/useComments";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./Comments.module.css";

/** What people write to each other about a trace, span or thread. */
export function Comments({ target, onClose }: { target: Target; onClose?: () => void }) {
  const { comments, failure, refresh, add, edit, remove } = useComments(target);
  const panel = useRef<HTMLElement>(null);
  // What was pressed or written in is done with: from here, keys are shortcuts again.
  const leave = () => panel.current?.focus({ preventScroll: true });
  useHotkeys(onClose ? { c: () => panel.current?.querySelector<HTMLElement>(":scope > form textarea")?.focus() } : {});
  const write = async (act: Promise<string | null>) => {
    const said = await act;
    if (!said) leave();
    return said;
  };
  return (
    <section
      ref={panel}
      tabIndex={-1}
      className={styles.panel}
      aria-label="Comments"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !onClose) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header className={styles.head}>
        <h2>Comments on this {nounOf(target)}</h2>
        {onClose && (
          <IconButton label="Close comments" onPress={onClose}>
            <X aria-hidden />
          </IconButton>
        )}
      </header>
      <Found what="comments" value={comments} failure={failure} onRetry={refresh}>
        {(found) =>
          found.length === 0 ? (
            <p className={styles.none}>Nobody has written anything yet.</p>
          ) : (
            <ul className={styles.list}>
              {found.map((comment) => (
                <li key={comment.id}>
                  <Written
                    comment={comment}
                    onEdit={(text) => write(edit(comment, text))}
                    onDelete={() => {
                      leave();
                      remove(comment);
                    }}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Found>
      <Writing
        label="Comment"
        act="Add comment"
        text=""
        hasFocus={onClose !== undefined}
        onWrite={(text) => write(add(text))}
      />
    </section>
  );
}

type WrittenProps = {
  comment: Comment;
  onEdit: (text: string) => Promise<string | null>;
  onDelete: () => void;
};

function Written({ comment, onEdit, onDelete }: WrittenProps) {
  const [isEditing, setEditing] = useState(false);
  const { createdBy, createdAt, lastUpdatedAt, text } = comment;
  if (isEditing) {
    const onWrite = async (next: string) => {
      const said = await onEdit(next);
      if (!said) setEditing(false);
      return said;
    };
    return <Writing label="Edit comment" act="Save" text={text} hasFocus onWrite={onWrite} />;
  }
  return (
    <article aria-label={`Comment by ${createdBy}`}>
      <header className={styles.by}>
        <strong>{createdBy}</strong> <Time at={createdAt} style="relative" />
        {lastUpdatedAt !== createdAt && <span>edited</span>}
        <IconButton label="Edit comment" onPress={() => setEditing(true)}>
          <Pencil aria-hidden />
        </IconButton>
        <IconButton label="Delete comment" onPress={onDelete}>
          <Trash2 aria-hidden />
        </IconButton>
      </header>
      <Markdown text={text} />
    </article>
  );
}

type WritingProps = {
  label: string;
  act: string;
  text: string;
  hasFocus: boolean;
  onWrite: (text: string) => Promise<string | null>;
};

function Writing({ label, act, text, hasFocus, onWrite }: WritingProps) {
  const [draft, setDraft] = useState(text);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    if (!draft.trim()) return;
    const said = await onWrite(draft.trim());
    setProblem(said);
    if (!said) setDraft("");
  };
  return (
    <Form label={act} onSubmit={submit}>
      <TextArea
        label={label}
        hint="Markdown; Ctrl Enter sends it"
        autoFocus={hasFocus}
        rows={2}
        value={draft}
        problem={problem}
        onChange={setDraft}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          submit();
        }}
      />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={!draft.trim()}>
          {act}
        </Button>
      </FormActions>
    </Form>
  );
}
