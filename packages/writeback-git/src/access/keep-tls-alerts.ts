import type { buildConnector } from "undici";

/**
 * Lets requests fail with the alert that a server ended their TLS connection with.
 *
 * In TLS 1.3 a server looks at client certificates when the connection is open on our side already. The
 * alert arrives together with the end of the connection, and undici reports the end in place of it.
 */
export function keepTlsAlerts(callback: buildConnector.Callback): buildConnector.Callback {
  return (...outcome) => {
    const [, socket] = outcome;
    socket?.prependOnceListener("error", (error) => {
      if (!isAlert(error)) return;
      socket.removeAllListeners("end");
      socket.destroy();
    });
    callback(...outcome);
  };
}

function isAlert(error: Error): boolean {
  return "code" in error && /^ERR_SSL_.*ALERT/u.test(String(error.code));
}
