// labnetd is the lab's pod network, one process per node, for nodes that share one layer-2 network. It lists the
// nodes with its pod's service account, writes this node's CNI configuration for its pod subnet, and keeps a
// route to every other node's pod subnet. It runs privileged on the host's network with the host's / at /host.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"
	"time"
)

const interval = 3 * time.Second

func main() {
	log.SetFlags(log.LstdFlags | log.LUTC)
	agent := &agent{name: os.Getenv("NODE_NAME"), routes: map[string]string{}}
	told := ""
	for ; ; time.Sleep(interval) {
		problem := ""
		if err := agent.converge(); err != nil {
			problem = err.Error()
		}
		if problem != told && problem != "" {
			log.Print(problem)
		}
		told = problem
	}
}

// agent is what this process has already done; the host is compared with it, and corrected, every interval.
type agent struct {
	name   string
	api    *api
	routes map[string]string // pod subnet → the node's address
	exempt string            // the subnets that the NAT chain leaves alone
}

func (a *agent) converge() (err error) {
	if a.api == nil {
		if a.api, err = connect(); err != nil {
			return err
		}
	}
	nodes, err := a.api.nodes()
	if err != nil {
		return err
	}
	var self *node
	var subnets []string
	others := map[string]string{}
	for i, n := range nodes {
		subnets = append(subnets, n.subnet)
		if n.name == a.name {
			self = &nodes[i]
		} else {
			others[n.subnet] = n.address
		}
	}
	if self == nil {
		return fmt.Errorf("no node %q with an InternalIP yet", a.name)
	}
	steps := []func() error{
		enableForwarding,
		func() error { return a.route(others) },
		func() error { return forward(subnets) },
		func() error { return a.masquerade(self.subnet, subnets) },
		func() error { return configure(self.subnet) }, // last: it makes the node Ready
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (a *agent) route(wanted map[string]string) error {
	for subnet, via := range wanted {
		if a.routes[subnet] == via {
			continue
		}
		if err := onHost("ip", "route", "replace", subnet, "via", via); err != nil {
			return err
		}
		log.Printf("%s is reached through %s", subnet, via)
		a.routes[subnet] = via
	}
	for subnet := range a.routes {
		if _, ok := wanted[subnet]; ok {
			continue
		}
		if err := onHost("ip", "route", "del", subnet); err != nil {
			log.Print(err) // it may have gone with its interface
		}
		delete(a.routes, subnet)
	}
	return nil
}

// masquerade gives what pods send out of the cluster the node's address.
func (a *agent) masquerade(own string, subnets []string) error {
	const chain = "LABNET"
	exempt := append(append([]string{}, subnets...), "224.0.0.0/4")
	if key := strings.Join(exempt, " "); key != a.exempt {
		if onHost("iptables", "-w", "5", "-t", "nat", "-N", chain) != nil {
			if err := onHost("iptables", "-w", "5", "-t", "nat", "-F", chain); err != nil {
				return err
			}
		}
		for _, subnet := range exempt {
			if err := onHost("iptables", "-w", "5", "-t", "nat", "-A", chain, "-d", subnet, "-j", "RETURN"); err != nil {
				return err
			}
		}
		if err := onHost("iptables", "-w", "5", "-t", "nat", "-A", chain, "-j", "MASQUERADE"); err != nil {
			return err
		}
		a.exempt = key
	}
	return ensureRule("nat", "POSTROUTING", "-s", own, "-j", chain)
}
