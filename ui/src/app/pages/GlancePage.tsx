import { getRouteApi } from "@tanstack/react-router";
import { HistoryButton } from "@/features/history/HistoryButton";
import { parseMoment } from "@/features/history/moment";
import { Glance } from "@/features/projects/Glance";

const route = getRouteApi("/$workspace/projects/$projectId/dashboards");

export function GlancePage() {
  const { projectId } = route.useParams();
  const { history, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Glance
      key={projectId}
      projectId={projectId}
      search={search}
      history={
        <HistoryButton
          thing={{ id: projectId, noun: "project" }}
          moment={parseMoment(history)}
          onMoment={(next) => navigate({ search: { ...search, history: next } })}
        />
      }
      onSearch={(next) => navigate({ search: next, replace: true })}
    />
  );
}
