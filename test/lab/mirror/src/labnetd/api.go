package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io/ioutil"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

type api struct{ client *http.Client }

type node struct{ name, address, subnet string }

func connect() (*api, error) {
	ca, err := ioutil.ReadFile(account + "ca.crt")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	return &api{&http.Client{Timeout: 10 * time.Second, Transport: transport}}, nil
}

// nodes lists those that have an IPv4 InternalIP, in the order of the API, which is that of their names. A node
// without a pod subnet (the cluster was made without one) gets 10.244.N.0/24, N being its address's last octet.
func (a *api) nodes() ([]node, error) {
	token, err := ioutil.ReadFile(account + "token") // read each time: it is renewed
	if err != nil {
		return nil, err
	}
	server := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	request, err := http.NewRequest("GET", "https://"+server+"/api/v1/nodes", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	response, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("listing nodes: %s", response.Status)
	}
	var list struct {
		Items []struct {
			Metadata struct{ Name string }
			Spec     struct{ PodCIDR string }
			Status   struct {
				Addresses []struct{ Type, Address string }
			}
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		return nil, err
	}
	var found []node
	for _, item := range list.Items {
		for _, address := range item.Status.Addresses {
			ip := net.ParseIP(address.Address).To4()
			if address.Type != "InternalIP" || ip == nil {
				continue
			}
			subnet := item.Spec.PodCIDR
			if subnet == "" {
				subnet = fmt.Sprintf("10.244.%d.0/24", ip[3])
			}
			found = append(found, node{item.Metadata.Name, address.Address, subnet})
			break
		}
	}
	return found, nil
}
