import { ArrowRight } from "lucide-react";
import { useQuery } from "urql";
import { Button } from "@/components/Button";
import { Found } from "@/components/Found";
import { Markdown } from "@/components/Markdown";
import { byValue } from "@/entities/definitions/byValue";
import type { ReviewedQueue } from "@/features/annotations/Review";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatAmount } from "@/lib/format";
import styles from "./Review.module.css";

const WantedScoresQuery = graphql(`
  query WantedScores {
    feedbackDefinitions {
      id
      name
      description
      details {
        ... on NumericalDetails {
          min
          max
        }
        ... on CategoricalDetails {
          categories {
            label
            value
          }
        }
        ... on BooleanDetails {
          trueLabel
          falseLabel
        }
      }
    }
  }
`);

type Wanted = DocumentType<typeof WantedScoresQuery>["feedbackDefinitions"][number];

const PEOPLE = { one: "person", many: "people" };

type ReviewWelcomeProps = { queue: ReviewedQueue; onBegin: () => void };

/** What is wanted of whoever reviews, before the first item is theirs. */
export function ReviewWelcome({ queue, onBegin }: ReviewWelcomeProps) {
  const [{ data, error }, read] = useQuery({ query: WantedScoresQuery, requestPolicy: "cache-and-network" });
  const names = queue.feedbackDefinitionNames;
  const wanted = data?.feedbackDefinitions.filter(({ name }) => names.length === 0 || names.includes(name));
  const things = queue.scope === "TRACE" ? { one: "trace", many: "traces" } : { one: "thread", many: "threads" };
  return (
    <div className={styles.told}>
      <div className={styles.page}>
        <h2>You are asked to review</h2>
        {queue.description && <p>{queue.description}</p>}
        <p>
          {formatAmount(queue.itemCount, things)}, each to be judged by {formatAmount(queue.annotatorsPerItem, PEOPLE)}.
          You see one at a time, can skip it, and can come back to it.
        </p>
        {queue.instructions && (
          <section aria-label="Instructions">
            <h3>Instructions</h3>
            <Markdown text={queue.instructions} />
          </section>
        )}
        <section aria-label="What you score">
          <h3>What you score</h3>
          <Found what="scores" value={wanted} failure={error ? failureOf(error) : null} onRetry={read}>
            {(found) =>
              found.length === 0 ? (
                <p>No scores are defined yet. Whoever sent you here can define them in the settings.</p>
              ) : (
                <dl className={styles.wanted}>
                  {found.map((each) => (
                    <div key={each.id}>
                      <dt>{each.name}</dt>
                      <dd>
                        {each.description && <p>{each.description}</p>}
                        <small>{answersOf(each.details)}</small>
                      </dd>
                    </div>
                  ))}
                </dl>
              )
            }
          </Found>
          {queue.commentsEnabled && <p>A comment is welcome with each.</p>}
        </section>
        <footer>
          <Button kind="primary" autoFocus onPress={onBegin}>
            Begin <kbd>Enter</kbd> <ArrowRight aria-hidden />
          </Button>
        </footer>
      </div>
    </div>
  );
}

/** What can be said of an item. */
function answersOf(details: Wanted["details"]): string {
  if ("min" in details) return `A number from ${details.min} to ${details.max}`;
  const words =
    "categories" in details
      ? byValue(details.categories).map(({ label }) => label)
      : [details.trueLabel, details.falseLabel];
  return `One of: ${words.join(", ")}`;
}
