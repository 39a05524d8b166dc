import {
  createUpdater,
  expectValue,
  formatPlan,
  parseRegistriesConf,
  readApplication,
  type CredentialProvider,
  type UpdateReport,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { createOciRegistry, registryCredentials } from "@image-updater/registry-oci";
import { createGitWriteBack } from "@image-updater/writeback-git";
import { load } from "js-yaml";

/** Updates one Application, as the README shows it. */
export async function updateApplication(
  manifest: string,
  conf: string,
  credentials: Pick<CredentialProvider, "forGit">,
  allowHttp: boolean,
): Promise<UpdateReport> {
  // #region program
  const application = expectValue(readApplication(load(manifest)), "application.yaml");
  const registriesConf = expectValue(parseRegistriesConf(conf), "registries.conf");

  const updater = createUpdater({
    registriesConf,
    registries: [
      createOciRegistry({ registriesConf, credentials: registryCredentials({ registriesConf }) }),
    ],
    writeBack: [createGitWriteBack({ credentials, allowHttp })],
    clock: systemClock(),
  });

  const plan = await updater.plan([application]);
  console.log(formatPlan(plan)); // what, why, which tags were rejected, the diff
  const report = await updater.apply(plan);
  // #endregion program
  return report;
}
