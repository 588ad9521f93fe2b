package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
)

type command struct {
	does      string
	needsName bool
	run       func(*runtime) error
}

var commands = map[string]command{
	"info":     {"the runtime's status", false, info},
	"version":  {"the runtime's name and version", false, version},
	"images":   {"list images", false, listImages},
	"pull":     {"pull an image", true, pull},
	"inspecti": {"show an image", true, inspectImage},
	"rmi":      {"remove images", true, removeImages},
	"pods":     {"list pods", false, listPods},
	"stopp":    {"stop pods", true, stopPods},
	"rmp":      {"remove pods", true, removePods},
	"ps":       {"list containers (-a: also those that ended)", false, listContainers},
	"rm":       {"stop and remove containers", true, removeContainers},
	"logs":     {"print a container's log", true, logs},
}

func show(value interface{}, err error) error {
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(value, "", "  ")
	fmt.Println(string(text))
	return err
}

// each runs one call for every name and stops at the first error.
func (r *runtime) each(call func(name string) error) error {
	for _, name := range r.names {
		if err := call(name); err != nil {
			return fmt.Errorf("%s: %v", name, err)
		}
	}
	return nil
}

func info(r *runtime) error { return show(r.Status(r, &cri.StatusRequest{})) }

func version(r *runtime) error {
	v, err := r.Version(r, &cri.VersionRequest{})
	if err == nil {
		fmt.Printf("Version:  %s\nRuntimeName:  %s\nRuntimeVersion:  %s\nRuntimeApiVersion:  %s\n",
			v.Version, v.RuntimeName, v.RuntimeVersion, v.RuntimeApiVersion)
	}
	return err
}

func listImages(r *runtime) error {
	list, err := r.images.ListImages(r, &cri.ListImagesRequest{})
	if err != nil {
		return err
	}
	for _, image := range list.Images {
		if r.quiet {
			fmt.Println(image.Id)
		} else {
			fmt.Printf("%-60s %s %d\n", strings.Join(image.RepoTags, ","), image.Id, image.Size_)
		}
	}
	return nil
}

func pull(r *runtime) error {
	return r.each(func(name string) error {
		pulled, err := r.images.PullImage(r, &cri.PullImageRequest{Image: &cri.ImageSpec{Image: name}})
		if err == nil {
			fmt.Println("Image is up to date for", pulled.ImageRef)
		}
		return err
	})
}

func inspectImage(r *runtime) error {
	return r.each(func(name string) error {
		status, err := r.images.ImageStatus(r, &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: name}})
		if err == nil && status.Image == nil {
			err = fmt.Errorf("no such image present")
		}
		return show(status, err)
	})
}

func removeImages(r *runtime) error {
	return r.each(func(name string) error {
		_, err := r.images.RemoveImage(r, &cri.RemoveImageRequest{Image: &cri.ImageSpec{Image: name}})
		return err
	})
}

func listPods(r *runtime) error {
	list, err := r.ListPodSandbox(r, &cri.ListPodSandboxRequest{})
	if err != nil {
		return err
	}
	for _, pod := range list.Items {
		if r.quiet {
			fmt.Println(pod.Id)
		} else {
			fmt.Printf("%.13s %-18s %s/%s\n", pod.Id, pod.State, pod.Metadata.Namespace, pod.Metadata.Name)
		}
	}
	return nil
}

func stopPods(r *runtime) error {
	return r.each(func(id string) error {
		_, err := r.StopPodSandbox(r, &cri.StopPodSandboxRequest{PodSandboxId: id})
		return err
	})
}

func removePods(r *runtime) error {
	return r.each(func(id string) error {
		_, err := r.RemovePodSandbox(r, &cri.RemovePodSandboxRequest{PodSandboxId: id})
		return err
	})
}

func listContainers(r *runtime) error {
	request := &cri.ListContainersRequest{}
	if !r.all {
		running := &cri.ContainerStateValue{State: cri.ContainerState_CONTAINER_RUNNING}
		request.Filter = &cri.ContainerFilter{State: running}
	}
	list, err := r.ListContainers(r, request)
	if err != nil {
		return err
	}
	for _, c := range list.Containers {
		if r.quiet {
			fmt.Println(c.Id)
		} else {
			fmt.Printf("%.13s %-18s %-28s %d %.13s %s\n",
				c.Id, c.State, c.Metadata.Name, c.Metadata.Attempt, c.PodSandboxId, c.Image.Image)
		}
	}
	return nil
}

func removeContainers(r *runtime) error {
	return r.each(func(id string) error {
		if _, err := r.StopContainer(r, &cri.StopContainerRequest{ContainerId: id, Timeout: 10}); err != nil {
			return err
		}
		_, err := r.RemoveContainer(r, &cri.RemoveContainerRequest{ContainerId: id})
		return err
	})
}

func logs(r *runtime) error {
	return r.each(func(id string) error {
		status, err := r.ContainerStatus(r, &cri.ContainerStatusRequest{ContainerId: id})
		if err != nil {
			return err
		}
		file, err := os.Open(status.Status.LogPath)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = io.Copy(os.Stdout, file)
		return err
	})
}
