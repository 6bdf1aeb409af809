import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { IconButton } from "@/components/IconButton";
import { showToast } from "@/lib/toasts";
import styles from "./Details.module.css";

type TagsProps = {
  tags: readonly string[];
  /** Says what went wrong, if something did. */
  onTag: (add: string[], remove: string[]) => Promise<string | null>;
};

/** The tags of a trace or a span, to be taken away and added to. */
export function Tags({ tags, onTag }: TagsProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const change = async (add: string[], remove: string[]) => {
    const said = await onTag(add, remove);
    if (said) showToast(said);
    else if (remove.length > 0) showToast(`Took the tag ${remove.join(", ")} away.`, () => onTag(remove, []));
  };
  const commit = () => {
    const name = draft?.trim();
    setDraft(null);
    if (name && !tags.includes(name)) change([name], []);
  };
  return (
    <ul className={styles.tags} aria-label="Tags">
      {tags.map((tag) => (
        <li key={tag}>
          <Badge>{tag}</Badge>
          <IconButton label={`Take the tag ${tag} away`} onPress={() => change([], [tag])}>
            <X aria-hidden />
          </IconButton>
        </li>
      ))}
      <li>
        {draft === null && tags.length === 0 ? (
          <Button kind="quiet" aria-label="Add a tag" onPress={() => setDraft("")}>
            <Plus aria-hidden /> Tag
          </Button>
        ) : draft === null ? (
          <IconButton label="Add a tag" onPress={() => setDraft("")}>
            <Plus aria-hidden />
          </IconButton>
        ) : (
          <input
            // biome-ignore lint/a11y/noAutofocus: it was asked for to be written into
            autoFocus
            aria-label="New tag"
            placeholder="New tag"
            autoComplete="off"
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === "Enter") commit();
              if (event.key !== "Escape") return;
              event.stopPropagation();
              setDraft(null);
            }}
          />
        )}
      </li>
    </ul>
  );
}
