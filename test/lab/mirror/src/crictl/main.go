// crictl for the lab: the verbs that kubeadm 1.20 calls (info, pull, inspecti, pods -q, stopp, rmp) and what a person
// needs to look around. It speaks CRI v1alpha2 through the API that the Kubernetes source vendors; it is not
// upstream's crictl, which Debian does not carry.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
)

const usage = "usage: crictl [--runtime-endpoint SOCKET] COMMAND [-a] [-q] [ID or IMAGE…]"

// Sockets that are tried in turn when none is named.
var sockets = []string{"/var/run/dockershim.sock", "/run/containerd/containerd.sock", "/run/crio/crio.sock"}

// runtime is an open connection and what the command line asks of it.
type runtime struct {
	context.Context
	cri.RuntimeServiceClient
	images     cri.ImageServiceClient
	names      []string
	all, quiet bool
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "crictl:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	endpoint := os.Getenv("CONTAINER_RUNTIME_ENDPOINT")
	r := &runtime{}
	var words []string
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		value := func() string {
			if i := strings.Index(word, "="); i >= 0 {
				return word[i+1:]
			}
			if len(args) == 0 {
				return ""
			}
			v := args[0]
			args = args[1:]
			return v
		}
		switch strings.SplitN(word, "=", 2)[0] {
		case "-r", "--runtime-endpoint":
			endpoint = value()
		case "-i", "--image-endpoint", "-t", "--timeout", "-c", "--config":
			value()
		case "-D", "--debug":
		case "-a", "--all":
			r.all = true
		case "-q", "--quiet":
			r.quiet = true
		case "-v", "--version":
			fmt.Println("crictl version v1.13.0 (lab)")
			return nil
		case "-h", "--help", "help":
			return help()
		default:
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return help()
	}
	command, known := commands[words[0]]
	if !known {
		return fmt.Errorf("unknown command %q\n%s", words[0], usage)
	}
	if r.names = words[1:]; command.needsName && len(r.names) == 0 {
		return fmt.Errorf("%s: which?", words[0])
	}
	var cancel func()
	r.Context, cancel = context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if err := r.connect(endpoint); err != nil {
		return err
	}
	return command.run(r)
}

func help() error {
	fmt.Println(usage)
	for name, c := range commands {
		fmt.Printf("  %-10s %s\n", name, c.does)
	}
	return nil
}

func (r *runtime) connect(endpoint string) error {
	candidates := sockets
	if endpoint != "" {
		candidates = []string{strings.TrimPrefix(endpoint, "unix://")}
	}
	for _, socket := range candidates {
		if probe, err := net.Dial("unix", socket); err != nil {
			continue
		} else {
			probe.Close()
		}
		soon, cancel := context.WithTimeout(r, 5*time.Second)
		defer cancel()
		connection, err := grpc.DialContext(soon, socket, grpc.WithInsecure(), grpc.WithBlock(),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16<<20)),
			grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", address)
			}))
		if err != nil {
			return fmt.Errorf("%s: %v", socket, err)
		}
		r.RuntimeServiceClient = cri.NewRuntimeServiceClient(connection)
		r.images = cri.NewImageServiceClient(connection)
		return nil
	}
	return errors.New("no container runtime answers at " + strings.Join(candidates, ", "))
}
