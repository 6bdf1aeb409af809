import { getRouteApi } from "@tanstack/react-router";
import { QueueReview } from "@/app/QueueReview";
import { ErrorState } from "@/components/ErrorState";

const route = getRouteApi("/$workspace/sme");

/** Where the link of a queue leads those who only judge: what is wanted first, then item after item. */
export function ReviewersPage() {
  const { queueId, item, step } = route.useSearch();
  const navigate = route.useNavigate();
  if (!queueId) {
    return <ErrorState title="This link names no queue" message="Ask whoever sent it for the whole link." />;
  }
  const onAsk = (next: string | undefined) =>
    navigate({ search: { queueId, step: "items", item: next }, replace: true });
  return (
    <QueueReview
      queueId={queueId}
      askedId={item}
      onAsk={onAsk}
      onBegin={step || item ? undefined : () => navigate({ search: { queueId, step: "items" } })}
      traceLink={() => null}
    />
  );
}
