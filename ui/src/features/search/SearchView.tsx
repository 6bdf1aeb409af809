import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useRef } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { Highlighted } from "@/components/Highlighted";
import { LoadMore } from "@/components/LoadMore";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { Segmented } from "@/components/Segmented";
import { type Hit, KIND_NAMES, placeOf, projectOf, titleOf } from "@/features/search/hit";
import { CHOICES, parseChoice } from "@/features/search/kinds";
import { ProjectChoice } from "@/features/search/ProjectChoice";
import { useSearchList } from "@/features/search/useSearchList";
import { focusBox } from "@/lib/focusBox";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./Search.module.css";

export type Asked = {
  q?: string | undefined;
  in?: string | undefined;
  /** The id of the only project that is searched. */
  project?: string | undefined;
};

type SearchViewProps = { workspace: string; asked: Asked; onAsked: (asked: Asked) => void };

/** Everything in the workspace that has some words, with where they stand. */
export function SearchView({ workspace, asked, onAsked }: SearchViewProps) {
  const box = useRef<HTMLInputElement>(null);
  const words = asked.q ?? "";
  const choice = parseChoice(asked.in);
  const projectId = asked.project ?? null;
  const found = useSearchList({ text: words, choice, projectId });
  const { list, failure } = found;
  useHotkeys({ "/": () => focusBox(box) });
  return (
    <Page title="Search" count={words === "" ? null : list?.totalCount}>
      <div className={styles.asked}>
        <SearchBox
          label="Search everything"
          placeholder='Words, "a phrase", begin*, mispelt~'
          shortcut="/"
          icon={<Search aria-hidden />}
          value={words}
          inputRef={box}
          onSubmit={(q) => onAsked({ ...asked, q: q || undefined })}
        />
        <Segmented
          label="What to search"
          options={CHOICES}
          value={choice}
          onChange={(next) => onAsked({ ...asked, in: next === "everything" ? undefined : next })}
        />
        <ProjectChoice projectId={projectId} onChoose={(project) => onAsked({ ...asked, project })} />
      </div>
      {words === "" ? (
        <EmptyState title="What are you looking for?">
          Traces, spans, prompts, datasets and their items, experiments, comments and the reasons for scores are found
          by any words in them.
        </EmptyState>
      ) : (
        <>
          {found.unseen > 0 && (
            <p className={styles.unseen}>
              {formatCount(found.unseen)} of the newest changes are not searched yet.{" "}
              <Button kind="plain" onPress={found.refresh}>
                Search again
              </Button>
            </p>
          )}
          <Found what="hits" value={failure ? null : list} failure={failure} onRetry={found.refresh}>
            {({ items, hasNextPage }) =>
              items.length === 0 && !hasNextPage ? (
                <EmptyState title="Nothing has these words">
                  Fewer words, or the beginning of one as in <code>begin*</code>, find more.
                </EmptyState>
              ) : (
                <>
                  <ol aria-label="Hits" aria-busy={found.isLoading} className={styles.hits}>
                    {items.map(({ id, hit }) => (
                      <li key={id}>
                        <HitEntry hit={hit} workspace={workspace} />
                      </li>
                    ))}
                  </ol>
                  {found.more && <LoadMore {...found.more} />}
                </>
              )
            }
          </Found>
        </>
      )}
    </Page>
  );
}

function HitEntry({ hit, workspace }: { hit: Hit; workspace: string }) {
  const place = placeOf(hit, workspace);
  const project = projectOf(hit);
  return (
    <article className={styles.hit}>
      <h2>
        <Badge>{KIND_NAMES[hit.kind]}</Badge> {place ? <Link {...place}>{titleOf(hit)}</Link> : titleOf(hit)}
        {project && <small>in {project}</small>}
      </h2>
      {hit.snippets.map(({ field, text, highlights }) => (
        <p key={field}>
          <small>{field}</small> <Highlighted text={text} ranges={highlights} />
        </p>
      ))}
    </article>
  );
}
