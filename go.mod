module thalweg

go 1.26
