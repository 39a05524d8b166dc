// Starts etcd and a Kubernetes API server in one process, on loopback, for tests:
//
//	test-cluster FOLDER
//
// Everything is kept in FOLDER. FOLDER/kubeconfig appears as soon as the API server takes connections,
// which is before it is ready: a test may want to see that. The process runs until it is told to stop.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"log"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: test-cluster FOLDER")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(folder string) error {
	etcd, err := startEtcd(filepath.Join(folder, "etcd"))
	if err != nil {
		return err
	}
	defer etcd.Close()
	key := filepath.Join(folder, "service-account.key")
	if err := writeKey(key); err != nil {
		return err
	}
	token, err := randomText()
	if err != nil {
		return err
	}
	tokens := filepath.Join(folder, "tokens.csv")
	if err := os.WriteFile(tokens, []byte(token+",admin,admin,system:masters\n"), 0o600); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	go announce(folder, port, token)
	command := app.NewAPIServerCommand()
	command.SetArgs([]string{
		"--etcd-servers=http://" + etcd.Clients[0].Addr().String(),
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--advertise-address=127.0.0.1",
		"--endpoint-reconciler-type=none",
		"--cert-dir=" + filepath.Join(folder, "certificates"),
		"--authorization-mode=RBAC",
		"--token-auth-file=" + tokens,
		"--service-account-key-file=" + key,
		"--service-account-signing-key-file=" + key,
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-cluster-ip-range=10.0.0.0/24",
		// Nobody is here who makes service accounts for namespaces.
		"--disable-admission-plugins=ServiceAccount",
	})
	return command.Execute()
}

func startEtcd(folder string) (*embed.Etcd, error) {
	anywhere := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	config := embed.NewConfig()
	config.Dir = folder
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	config.ListenClientUrls = []url.URL{anywhere}
	config.ListenPeerUrls = []url.URL{anywhere}
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case err := <-etcd.Err():
		return nil, err
	case <-time.After(time.Minute):
		return nil, fmt.Errorf("etcd was not ready within a minute")
	}
}

// announce writes the kubeconfig when somebody listens.
func announce(folder string, port int, token string) {
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			connection.Close()
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: test, user: admin, namespace: argocd } }]
clusters: [{ name: test, cluster: { server: "https://%s", insecure-skip-tls-verify: true } }]
users: [{ name: admin, user: { token: %s } }]
`, address, token)
	path := filepath.Join(folder, "kubeconfig")
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		log.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		log.Fatal(err)
	}
}

func writeKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	bytes, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: bytes})
	return os.WriteFile(path, block, 0o600)
}

func randomText() (string, error) {
	bytes := make([]byte, 16)
	_, err := rand.Read(bytes)
	return hex.EncodeToString(bytes), err
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
