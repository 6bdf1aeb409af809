import { getRouteApi } from "@tanstack/react-router";
import { SearchView } from "@/features/search/SearchView";

const route = getRouteApi("/$workspace/search");

export function SearchPage() {
  const { workspace } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <SearchView
      workspace={workspace}
      asked={route.useSearch()}
      onAsked={(search) => navigate({ search, replace: true })}
    />
  );
}
