package main

import (
	"fmt"
	"io/ioutil"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const configuration = `{
  "cniVersion": "0.3.1",
  "name": "labnet",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "cni0",
      "isDefaultGateway": true,
      "hairpinMode": true,
      "ipam": {"type": "host-local", "ranges": [[{"subnet": %q}]]}
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
`

// onHost runs one of the host's own programs, so that rules land in the tables (nft or legacy) that its kubelet and
// container runtime use.
func onHost(program string, args ...string) error {
	command := exec.Command("/usr/bin/env", append([]string{program}, args...)...)
	command.SysProcAttr = &syscall.SysProcAttr{Chroot: "/host"}
	command.Dir = "/"
	command.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %v: %s", program, strings.Join(args, " "), err, strings.TrimSpace(string(output)))
	}
	return nil
}

// ensureRule puts a rule first in its chain unless it is somewhere in it.
func ensureRule(table, chain string, rule ...string) error {
	iptables := func(verb string) error {
		return onHost("iptables", append([]string{"-w", "5", "-t", table, verb, chain}, rule...)...)
	}
	if iptables("-C") == nil {
		return nil
	}
	return iptables("-I")
}

// forward is repeated, because a restarted dockerd drops forwarded packets anew.
func forward(subnets []string) error {
	for _, subnet := range subnets {
		for _, direction := range []string{"-s", "-d"} {
			if err := ensureRule("filter", "FORWARD", direction, subnet, "-j", "ACCEPT"); err != nil {
				return err
			}
		}
	}
	return nil
}

func enableForwarding() error {
	return ioutil.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0644)
}

func configure(subnet string) error {
	text := fmt.Sprintf(configuration, subnet)
	file := "/host/etc/cni/net.d/10-labnet.conflist"
	if old, err := ioutil.ReadFile(file); err == nil && string(old) == text {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0755); err != nil {
		return err
	}
	if err := ioutil.WriteFile(file+".tmp", []byte(text), 0644); err != nil {
		return err
	}
	log.Printf("pods of this node get addresses of %s", subnet)
	return os.Rename(file+".tmp", file)
}
