import { getRouteApi, Link } from "@tanstack/react-router";
import { Comparison } from "@/features/experiments/Comparison";
import { readIds } from "@/features/experiments/experimentIds";
import { HistoryButton } from "@/features/history/HistoryButton";
import { parseMoment } from "@/features/history/moment";

const route = getRouteApi("/$workspace/projects/$projectId/experiments/$datasetId/compare");

export function ComparisonPage() {
  const { workspace, projectId } = route.useParams();
  const { experiments, history, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const ids = readIds(experiments);
  return (
    <Comparison
      ids={ids}
      search={search}
      traceLink={(traceId) => (
        <Link
          to="/$workspace/projects/$projectId/traces/$traceId"
          params={{ workspace, projectId, traceId }}
          search={{}}
        >
          Trace
        </Link>
      )}
      history={
        ids[0] && (
          <HistoryButton
            thing={{ id: ids[0], noun: "experiment" }}
            moment={parseMoment(history)}
            onMoment={(next) => navigate({ search: { experiments, ...search, history: next } })}
          />
        )
      }
      onSearch={(next) => navigate({ search: { experiments, ...next }, replace: true })}
    />
  );
}
