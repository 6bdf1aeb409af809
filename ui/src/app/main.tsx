import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { router } from "@/app/router";
import { createGraphqlClient } from "@/lib/graphqlClient";
import "@/app/tokens.css";
import "@/app/base.css";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no element `root`");

createRoot(root).render(
  <StrictMode>
    <Provider value={createGraphqlClient()}>
      <RouterProvider router={router} />
    </Provider>
  </StrictMode>,
);
