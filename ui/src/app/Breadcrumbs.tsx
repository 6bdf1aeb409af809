import { Link, useMatches, useParams } from "@tanstack/react-router";
import { useWindowTitle } from "@/app/useWindowTitle";
import { ProjectName } from "@/features/projects/ProjectName";
import styles from "./Shell.module.css";

/** Where one is: the project, the list that the page is of, and the page. */
export function Breadcrumbs() {
  const { workspace = "default", projectId } = useParams({ strict: false });
  const { parent } = useMatches({ select: (matches) => matches.at(-1)?.staticData }) ?? {};
  const told = useWindowTitle();
  return (
    <nav aria-label="breadcrumb" className={styles.crumbs}>
      <ol>
        {projectId && (
          <>
            <li>
              <Link to="/$workspace/projects" params={{ workspace }} search={{}}>
                Projects
              </Link>
            </li>
            <li data-name>
              <Link to="/$workspace/projects/$projectId/home" params={{ workspace, projectId }} search={{}}>
                <ProjectName projectId={projectId} />
              </Link>
            </li>
          </>
        )}
        {parent && (projectId || !parent.to.includes("$projectId")) && (
          <li>
            <Link to={parent.to} params={{ workspace, projectId }} search={{}}>
              {parent.title}
            </Link>
          </li>
        )}
        <li>
          <span aria-current="page" title={told}>
            {told}
          </span>
        </li>
      </ol>
    </nav>
  );
}
