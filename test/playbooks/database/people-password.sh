#!/bin/sh
echo "only-for-tests: people"
