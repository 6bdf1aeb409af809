import { Link, useMatches, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ProjectName } from "@/features/projects/ProjectName";
import styles from "./Shell.module.css";

/** Where one is: the project, and the page in it. The window is called after it, too. */
export function Breadcrumbs() {
  const { workspace = "default", projectId } = useParams({ strict: false });
  const title = useMatches({ select: (matches) => matches.at(-1)?.staticData.title }) ?? "Cairn";
  useEffect(() => {
    document.title = title === "Cairn" ? title : `${title} · Cairn`;
  }, [title]);
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
            <li>
              <Link to="/$workspace/projects/$projectId/logs" params={{ workspace, projectId }} search={{}}>
                <ProjectName projectId={projectId} />
              </Link>
            </li>
          </>
        )}
        <li>
          <span aria-current="page">{title}</span>
        </li>
      </ol>
    </nav>
  );
}
